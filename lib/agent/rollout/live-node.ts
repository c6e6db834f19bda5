import { randomUUID } from "node:crypto";
import type { Clock } from "../../base/clock";
import { ETCD } from "../../catalog/etcd";
import { KUBELET_UNIT } from "../../catalog/kubelet";
import { waitFor } from "../cluster/retry";
import { placeBinaries } from "../hosts/binaries";
import { deliver } from "../hosts/delivery";
import type { Host, HostFile } from "../hosts/host";
import type { Flaw } from "../hosts/flaw";
import type {
  BinaryRequest,
  ComponentRequest,
  NodeRequest,
} from "../../request/request";
import { Comparison } from "./comparison";
import {
  type BringOptions,
  broughtText,
  changesOf,
  type NodeDelivery,
  deliveryOf,
} from "./delivery";
import { type Client, unhealthyOf, waitUntilHealthy } from "../health/health";
import type { Joining, Present } from "./present";
import { setAside } from "./set-aside";
import { makeUsers, startUnits, stopUnits } from "./systemd";
import type { Start } from "./starts";
import { type Running, runningOn } from "../health/running";
import { endPods, giveData } from "./takeover";
import { isInUnitsDir, unitOfFile } from "../../catalog/units";
import { logFileOf, type NodeUnit } from "./units";
import { differs, type NodeChanges } from "./changes";
import { stateOf } from "./host-state";

export interface LiveNodeProps {
  readonly request: NodeRequest;
  readonly host: Host;
  /** What the store says that it is to have. */
  readonly tree: readonly HostFile[];
  /** Whether it was brought to this very tree before: what differs then is somebody else's work. */
  readonly hadTree: boolean;
  /** Where etcd has its data, once it has begun on this host. */
  readonly etcdDataDir?: string;
  /** The same, also before. */
  readonly etcdFolder?: string;
  /** Files that other stages write, which stay as they are. */
  readonly keeps: readonly string[];
  /** Who asks the components whether they are well. */
  readonly client: Client;
  /** The node is only looked at: nothing is changed on its host. */
  readonly onlyLooks?: boolean;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

/** What a host ran before something was brought to it, and what of it is to be replaced. */
export interface Change {
  readonly before: Running;
  readonly replaced: ReadonlySet<string>;
}

/** A node whose host is reached, and what is done to it. */
export class LiveNode {
  /** What ran before anything was brought: a component is replaced once in a rollout at most. */
  private running?: Running;
  /** Components that were unhealthy when they were asked last. */
  unhealthy: readonly ComponentRequest[] = [];

  private constructor(
    readonly props: LiveNodeProps,
    private comparison: Comparison,
  ) {}

  static async read(props: LiveNodeProps): Promise<LiveNode> {
    const { request, tree, hadTree, keeps, etcdDataDir, clock } = props;
    const comparison = new Comparison({
      request,
      tree,
      hadTree,
      keeps,
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

  /** What somebody else changed. */
  get edits(): readonly HostFile[] {
    return this.comparison.edits;
  }

  /** What was delivered and is no longer wanted. */
  get removed(): readonly string[] {
    return this.comparison.differences.removed;
  }

  /** Whether the host has such a file, whatever is in it. */
  has(path: string): boolean {
    return this.comparison.has(path);
  }

  /** Binaries that it is to have, and has not or has otherwise. */
  get binaries(): readonly BinaryRequest[] {
    return this.comparison.binaries;
  }

  /** Units and programs of somebody else that are where it is to have others. */
  get foreign(): readonly string[] {
    return this.comparison.foreign;
  }

  /** Paths that others than root can lead elsewhere on the host. */
  get flaws(): readonly Flaw[] {
    return this.comparison.state.flaws ?? [];
  }

  /** Those of its units that run with other files than they are to have. */
  get outdated(): readonly string[] {
    return this.units
      .filter((unit) => this.comparison.isOld(unit))
      .map(({ component }) => component.name);
  }

  /** It was brought to a tree before. */
  get wasDelivered(): boolean {
    return this.comparison.wasDelivered;
  }

  /** What it lacks of what it is to have, and what bringing that would start anew. */
  get changes(): NodeChanges {
    return changesOf(this.delivery({}));
  }

  get differs(): boolean {
    return differs(this);
  }

  isUnhealthy({ name }: Pick<ComponentRequest, "name">): boolean {
    return this.unhealthy.some((each) => each.name === name);
  }

  get units(): readonly NodeUnit[] {
    return this.comparison.unitsOf(this.request.components);
  }

  /** Makes its etcd one that joins members that are there. */
  join(joining: Joining): void {
    this.comparison = this.comparison.with({ joining });
  }

  /** Gives it files beside its tree, in place of those given before. */
  setExtra(extra: readonly HostFile[]): void {
    this.comparison = this.comparison.with({ extra });
  }

  /** Ends its etcd, and keeps the data beside their place. */
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

  /** Reads the host again until it has what is asked for; `undefined` where it has not after `limit` milliseconds. */
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

  /** Brings what differs, all of it or without some, and starts the units that need that; gives what ran before. */
  async bring(options: BringOptions = {}): Promise<Change> {
    const { host, say, request } = this.props;
    const { comparison } = this;
    const delivery = this.delivery(options);
    const { changed, removed, binaries, gone, listed, starts } = delivery;
    const before = (this.running ??= await runningOn(host, request));
    if (changed.length + removed.length + binaries.length > 0) {
      await this.prepare(removed);
      await deliver(host, { changed, removed: gone, listed });
      await placeBinaries(host, binaries);
      this.comparison = comparison.delivered(changed, gone, listed);
      say(`${this.name}: ${broughtText(delivery)}`);
    }
    if (
      starts.length > 0 ||
      [...changed.map(({ path }) => path), ...removed].some(isInUnitsDir)
    )
      await this.start(starts);
    return { before, replaced: delivery.replaced };
  }

  private delivery(options: BringOptions): NodeDelivery {
    const { request } = this.props;
    const { comparison, unhealthy } = this;
    return deliveryOf({ request, comparison, unhealthy, options });
  }

  /** Creates the users that own files, then stops what runs otherwise from now on, or not at all, while its files exist. */
  private async prepare(removed: readonly string[]): Promise<void> {
    const { host, request } = this.props;
    const units = removed.flatMap((path) => unitOfFile(path) ?? []);
    await makeUsers(host, request.users ?? []);
    await stopUnits(host, units);
    await endPods(host, request.components, removed);
  }

  /** Waits until what was changed runs anew and everything is well. */
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

  /** What starts after a component: each is of no use before the other. */
  after(name: string): readonly ComponentRequest[] {
    const { components } = this.request;
    const at = components.findIndex((each) => each.name === name);
    // kubelet is of no use before its pods, but they are nothing without it.
    const runsPods = components.some(({ manifest }) => manifest !== undefined);
    return at === -1
      ? []
      : components
          .slice(at + 1)
          .filter(({ unit }) => !runsPods || unit !== KUBELET_UNIT);
  }

  private async start(starts: readonly Start[]): Promise<void> {
    const { host, etcdDataDir } = this.props;
    const units = starts.map(({ unit }) => unit);
    const etcd = units.find(({ component }) => component.name === ETCD.id);
    if (etcd && etcdDataDir !== undefined && this.hasEtcdData)
      await giveData(host, etcdDataDir, etcd);
    await startUnits(host, starts);
    const names = units.map(({ component }) => component.name);
    this.unhealthy = this.unhealthy.filter(({ name }) => !names.includes(name));
    this.comparison = this.comparison.started(units);
  }
}
