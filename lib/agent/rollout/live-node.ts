import { randomUUID } from "node:crypto";
import { COMPONENTS, ETCD } from "../../catalog/components";
import { waitFor } from "../cluster/retry";
import { placeBinaries } from "../hosts/binaries";
import { deliver } from "../hosts/delivery";
import type { Host, HostFile } from "../hosts/host";
import type { Flaw } from "../hosts/flaw";
import type { ComponentRequest, NodeRequest } from "../../request/request";
import { Comparison } from "./comparison";
import {
  type NodeDeliveryOptions,
  componentsAfter,
  deliveredText,
  changesOf,
  type NodeDelivery,
  deliveryOf,
} from "./delivery";
import { unhealthyOf, waitUntilHealthy } from "../health/health";
import {
  type HeldFile,
  type Joining,
  type Present,
  RESTORED_MARK,
} from "./present";
import { setAside } from "./set-aside";
import { makeUsers, startUnits, stopUnits } from "./systemd";
import { signerChanges } from "./signer-changes";
import type { Start } from "./starts";
import { type Running, runningOn } from "../health/running";
import {
  closeEtcdData,
  endPods,
  giveEtcdData,
  stopComponents,
} from "./takeover";
import { isInUnitsDir, unitOfFile } from "../../catalog/units";
import { logFileOf, type NodeUnit } from "./units";
import { NO_CHANGES, type NodeChanges } from "./changes";
import { stateOf } from "./host-state";
import type { Change, LiveNodeProps } from "./live-node-props";

/** A node whose host is reached, and the changes that can be made to it. */
export class LiveNode {
  /** What ran before the first delivery of this rollout: a component restarts at most once in a rollout. */
  private runningBefore?: Running;
  /** Components that were unhealthy at the last check. */
  unhealthy: readonly ComponentRequest[] = [];
  /** When it gets new files that sign. Absent: it has them, or there are none. */
  private signs?: "later" | "now";

  private constructor(
    readonly props: LiveNodeProps,
    /** Compares the host with what it should have; replaced after each change. */
    public comparison: Comparison,
  ) {}

  static async read(props: LiveNodeProps): Promise<LiveNode> {
    const { request, tree, hadTree, keeps, etcdDataDir, clock } = props;
    const { kubeletIssuers } = props;
    const comparison = new Comparison({
      request,
      tree,
      hadTree,
      keeps,
      kubeletIssuers,
      state: await stateOf(props),
      hasEtcdData: etcdDataDir !== undefined,
      extra: [],
      repair: randomUUID(),
      now: clock.now(),
    });
    const node = new LiveNode(props, comparison);
    node.unhealthy = await unhealthyOf(
      props.host,
      props.request.components,
      props.client,
    );
    return node;
  }

  get name(): string {
    return this.props.request.name;
  }

  get host(): Host {
    return this.props.host;
  }

  get request(): NodeRequest {
    return this.props.request;
  }

  get present(): Present {
    return this.comparison.present;
  }

  get hasEtcdData(): boolean {
    return this.present.hasEtcdData;
  }

  /** Paths on the host that users other than root can redirect. */
  get flaws(): readonly Flaw[] {
    return this.comparison.state.flaws ?? [];
  }

  /** Units that run with other files than they should. */
  get outdated(): readonly string[] {
    return this.units
      .filter((unit) => this.comparison.isOutdated(unit))
      .map(({ component }) => component.name);
  }

  /** How the host differs from what it should have, and what a delivery would start. */
  get changes(): NodeChanges {
    return changesOf(this.delivery({}), this.unhealthy);
  }

  /** The part of the changes that starts etcd. */
  get changesForEtcd(): NodeChanges {
    const without = componentsAfter(this.request, ETCD.id);
    return changesOf(this.delivery({ without }), this.unhealthy);
  }

  get units(): readonly NodeUnit[] {
    return this.comparison.unitsOf(this.request.components);
  }

  /** From now on its etcd joins existing members instead of starting a new cluster. */
  join(joining: Joining): void {
    this.comparison = this.comparison.with({ joining });
  }

  /** From now on its files that sign stay as they are. */
  holdSigners(held: readonly HeldFile[]): void {
    this.signs = "later";
    this.comparison = this.comparison.with({ held });
  }

  /** From now on it may have the files of its tree that sign. */
  releaseSigners(): void {
    this.signs = "now";
    this.comparison = this.comparison.with({ held: undefined });
  }

  /** What is left to do when its files that sign are no longer held. */
  get signerChanges(): NodeChanges {
    if (this.signs === undefined) return NO_CHANGES;
    return this.signs === "now"
      ? this.changes
      : signerChanges(this.comparison, this.request.components);
  }

  /** Sets the files that it should have in addition to its tree. */
  setExtraFiles(extra: readonly HostFile[]): void {
    this.comparison = this.comparison.with({ extra });
  }

  /** Stops its etcd and moves the data aside. */
  async setEtcdDataAside(): Promise<void> {
    const { host, etcdDataDir, say } = this.props;
    const etcd = this.component(ETCD.id);
    if (etcdDataDir === undefined || !etcd) return;
    const [unit] = this.comparison.unitsOf([etcd]);
    const aside = await setAside(host, etcdDataDir, etcd.manifest, unit);
    this.comparison = this.comparison.with({
      hasEtcdData: false,
      state: await stateOf(this.props),
    });
    say(`${this.name}: etcd's old data are kept in ${aside}`);
  }

  /** Stops everything on the host that uses etcd's data, and etcd itself last; or only one component. */
  async stop(only?: string): Promise<void> {
    const { host, request } = this.props;
    const stopped = request.components
      .filter(({ name }) => COMPONENTS.some(({ id }) => id === name))
      .filter(({ name }) => only === undefined || name === only)
      .reverse();
    await stopComponents(host, stopped, this.units);
    this.comparison = this.comparison.with({
      state: await stateOf(this.props),
    });
    this.unhealthy = stopped;
  }

  /** Reads the host after its etcd got other data. */
  async tookData(): Promise<void> {
    this.comparison = this.comparison.with({
      hasEtcdData: true,
      state: await stateOf(this.props),
    });
  }

  /** The token of the restore from which its etcd's data come; `undefined` if they come from none. */
  get restoredBy(): string | undefined {
    const mark = this.comparison.state.contents.get(RESTORED_MARK);
    return mark?.toString().trim();
  }

  /**
   * Reads the host again and again until `ask` finds what it looks for; `undefined` if it has not after `limit`
   * milliseconds.
   */
  until<T>(
    ask: (present: Present) => T | undefined,
    limit: number,
  ): Promise<T | undefined> {
    return waitFor(this.props.clock, limit, async () => {
      const state = await stateOf(this.props);
      this.comparison = this.comparison.with({ state });
      return ask(this.present);
    });
  }

  /**
   * Delivers everything that differs, except for the components in `without`, and restarts the units that need it.
   * Returns what ran before.
   */
  async deliver(options: NodeDeliveryOptions = {}): Promise<Change> {
    const { host, say, request } = this.props;
    const { comparison } = this;
    const delivery = this.delivery(options);
    const { changed, removed, binaries, gone, listed, starts } = delivery;
    const before = (this.runningBefore ??= await runningOn(host, request));
    if (changed.length + removed.length + binaries.length > 0) {
      await this.prepare(removed);
      await deliver(host, { changed, removed: gone, listed });
      await placeBinaries(host, binaries);
      this.comparison = comparison.delivered(changed, gone, listed);
      say(`${this.name}: ${deliveredText(delivery)}`);
    }
    if (
      starts.length > 0 ||
      [...changed.map(({ path }) => path), ...removed].some(isInUnitsDir)
    )
      await this.start(starts);
    return { before, replaced: delivery.replaced };
  }

  private delivery(options: NodeDeliveryOptions): NodeDelivery {
    const { request, comparison, unhealthy } = this;
    return deliveryOf(request, comparison, unhealthy, options);
  }

  /**
   * Creates the users that own files, then stops units and pods about to be removed or replaced, while their files
   * still exist. The folder of etcd's data is closed before a pod can make it.
   */
  private async prepare(removed: readonly string[]): Promise<void> {
    const { host, request, etcdFolder } = this.props;
    const etcd = this.component(ETCD.id);
    if (etcd?.manifest !== undefined && etcdFolder !== undefined)
      await closeEtcdData(host, etcdFolder);
    const units = removed.flatMap((path) => unitOfFile(path) ?? []);
    await makeUsers(host, request.users ?? []);
    await stopUnits(host, units);
    await endPods(host, request.components, removed);
  }

  /** Waits until the replaced components have restarted and all of these components are healthy. */
  async wait(
    components: readonly ComponentRequest[],
    change: Change,
    impatient: boolean,
  ): Promise<void> {
    const { request: node, host, client, clock, say } = this.props;
    await waitUntilHealthy({
      node,
      host,
      components,
      impatient,
      client,
      clock,
      ...change,
      logFiles: new Map(
        this.units.map((unit) => [unit.component.name, logFileOf(unit)]),
      ),
      say,
    });
    const healthy = new Set(components.map(({ name }) => name));
    this.unhealthy = this.unhealthy.filter(({ name }) => !healthy.has(name));
  }

  component(name: string): ComponentRequest | undefined {
    return this.request.components.find((each) => each.name === name);
  }

  private async start(starts: readonly Start[]): Promise<void> {
    const { host, etcdDataDir } = this.props;
    const units = starts.map(({ unit }) => unit);
    const etcd = units.find(({ component }) => component.name === ETCD.id);
    if (etcd && etcdDataDir !== undefined && this.hasEtcdData)
      await giveEtcdData(host, etcdDataDir, etcd);
    await startUnits(host, starts);
    const names = units.map(({ component }) => component.name);
    this.unhealthy = this.unhealthy.filter(({ name }) => !names.includes(name));
    this.comparison = this.comparison.started(units);
  }
}
