import { randomUUID } from "node:crypto";
import { ETCD } from "../../catalog/etcd";
import { isManifest, MANIFESTS_DIR } from "../../catalog/paths";
import { waitFor } from "../cluster/retry";
import { notDelivered } from "../errors-rollout";
import { deliver, type HostState, readHost } from "../hosts/delivery";
import type { Host, HostFile } from "../hosts/host";
import { files } from "../report";
import type { ComponentRequest, NodeRequest } from "../request";
import { Comparison, isKubelets, KUBELET_STAMP, READ } from "./comparison";
import {
  type Client,
  type Running,
  runningOn,
  unhealthyOf,
  waitUntilHealthy,
} from "./health";
import {
  ETCD_MANIFEST,
  type Joining,
  KUBELET_CERTIFICATE,
  KUBELET_KUBECONFIG,
  type Present,
} from "./wanted";

export interface LiveNodeProps {
  readonly request: NodeRequest;
  readonly host: Host;
  /** What the store says that it is to have. */
  readonly tree: readonly HostFile[];
  /** Whether it was brought to this very tree before: what differs then is somebody else's work. */
  readonly hadTree: boolean;
  /** Where etcd has its data, once it has begun on this host. */
  readonly etcdDataDir?: string;
  /** Files that other stages write, which stay as they are. */
  readonly keeps: readonly string[];
  /** Who asks the components whether they are well. */
  readonly client: Client;
  readonly say: (line: string) => void;
}

/** What a host ran before something was brought to it, and what of it is to be replaced. */
export interface Change {
  readonly before: Running;
  readonly replaced: ReadonlySet<string>;
}

export interface BringOptions {
  /** Absent: where it runs with other files than it is to have. */
  readonly startsKubelet?: boolean;
  /** Files that go, beside those that are not listed any more. */
  readonly removed?: readonly string[];
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
    const { tree, hadTree, keeps, etcdDataDir } = props;
    const comparison = new Comparison({
      ...{ tree, hadTree, keeps },
      state: await stateOf(props),
      hasEtcdData: etcdDataDir !== undefined,
      extra: [],
      repair: randomUUID(),
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

  /** Whether kubelet was started with other files than it is to have, or is down. */
  get kubeletIsOld(): boolean {
    return this.comparison.kubeletIsOld || this.isUnhealthy("kubelet");
  }

  /** It was brought to a tree before. */
  get wasDelivered(): boolean {
    return this.comparison.wasDelivered;
  }

  get differs(): boolean {
    const { changed, removed } = this.comparison.differences;
    return changed.length > 0 || removed.length > 0 || this.kubeletIsOld;
  }

  get isHealthy(): boolean {
    return this.unhealthy.length === 0;
  }

  isUnhealthy(component: string): boolean {
    return this.unhealthy.some(({ name }) => name === component);
  }

  /** Whether what differs makes an etcd that is well start anew. */
  get endsEtcd(): boolean {
    const { changed } = this.comparison.differences;
    return (
      changed.some(({ path }) => path === ETCD_MANIFEST) &&
      !this.isUnhealthy(ETCD.id)
    );
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
    if (etcdDataDir === undefined) return;
    const { exitCode, stdout, stderr } = await host.run(SET_ASIDE, {
      args: [etcdDataDir, ETCD_MANIFEST],
    });
    if (exitCode !== 0)
      throw notDelivered(
        this.name,
        `etcd's data cannot be set aside: ${stderr.trim()}`,
      );
    this.comparison = this.comparison.with({
      hasEtcdData: false,
      state: await stateOf(this.props),
    });
    say(
      `${this.name}: etcd's old data are kept in ${stdout.toString().trim()}`,
    );
  }

  /** Reads the host again until it has what is asked for; `undefined` where it has not after `limit` milliseconds. */
  until<T>(
    ask: (present: Present) => T | undefined,
    limit: number,
  ): Promise<T | undefined> {
    return waitFor(limit, async () => {
      const state = await stateOf(this.props);
      this.comparison = this.comparison.with({ state });
      return ask(this.present);
    });
  }

  /** Brings what differs, all of it or without some, and starts kubelet where it needs that; gives what ran before. */
  async bring(
    without: (path: string) => boolean = () => false,
    options: BringOptions = {},
  ): Promise<Change> {
    const { startsKubelet = this.kubeletIsOld } = options;
    const { host, say } = this.props;
    const { comparison } = this;
    const { changed, removed: unlisted } = comparison.differences;
    const unwanted = (options.removed ?? []).filter((path) => this.has(path));
    const removed = [...unlisted, ...unwanted];
    const now = changed.filter(({ path }) => !without(path));
    const before = (this.running ??= await runningOn(host, this.name));
    const replaced = new Set(
      this.request.components.flatMap(({ name, manifest }) =>
        now.some((file) => file.path === manifest && comparison.isAnother(file))
          ? [name]
          : [],
      ),
    );
    const renewsKubelet = now.some(({ path }) => path === KUBELET_KUBECONFIG);
    const changesKubelet = now.some(({ path }) => isKubelets(path));
    if (now.length > 0 || removed.length > 0) {
      const listed = comparison.wanted.map(({ path }) => path);
      await deliver(host, {
        changed: now,
        removed: [
          ...removed,
          // Else kubelet would go on with what it renewed before.
          ...(renewsKubelet && comparison.renewsCredentials
            ? [KUBELET_CERTIFICATE]
            : []),
          // Killed before it is started, the next run starts it.
          ...(changesKubelet ? [KUBELET_STAMP] : []),
        ],
        listed,
      });
      this.comparison = comparison.delivered(now, removed, listed);
      const parts = [
        ...(now.length > 0 ? [`${files(now.length)} delivered`] : []),
        ...(removed.length > 0 ? [`${files(removed.length)} removed`] : []),
      ];
      say(`${this.name}: ${parts.join(", ")}`);
    }
    if (startsKubelet || changesKubelet) {
      await this.startKubelet();
      replaced.add("kubelet");
    }
    return { before, replaced };
  }

  /** Waits until what was changed runs anew and everything is well. */
  async wait(
    components: readonly ComponentRequest[],
    change: Change,
    impatient: boolean,
  ): Promise<void> {
    const { request: node, host, client, say } = this.props;
    await waitUntilHealthy({
      ...{ node, host, components, impatient, client },
      ...change,
      say,
    });
    const well = new Set(components.map(({ name }) => name));
    this.unhealthy = this.unhealthy.filter(({ name }) => !well.has(name));
  }

  component(name: string): ComponentRequest | undefined {
    return this.request.components.find((each) => each.name === name);
  }

  /** The manifests of what starts after a component: each is of no use before the other. */
  after(name: string): (path: string) => boolean {
    const { components } = this.request;
    const at = components.findIndex((each) => each.name === name);
    const later = new Set(
      components.slice(at + 1).flatMap(({ manifest }) => manifest ?? []),
    );
    return (path) => later.has(path);
  }

  private async startKubelet(): Promise<void> {
    const { host } = this.props;
    const { exitCode, stderr } = await host.run(START_KUBELET, {
      args: [this.comparison.kubeletFingerprint, KUBELET_STAMP],
    });
    if (exitCode !== 0)
      throw notDelivered(
        this.name,
        `kubelet cannot be started: ${stderr.trim()}`,
      );
    this.unhealthy = this.unhealthy.filter(({ name }) => name !== "kubelet");
    this.comparison = this.comparison.kubeletStarted();
  }
}

function stateOf({ host, tree, keeps }: LiveNodeProps): Promise<HostState> {
  const paths = tree.map(({ path }) => path);
  const contents = new Set([...READ, ...paths.filter(isManifest), ...keeps]);
  return readHost(host, [...new Set([...paths, ...contents])], {
    contents: [...contents],
  });
}

/** The stamp comes last: killed before it, the next run starts kubelet once more. */
const START_KUBELET = `
set -e
mkdir -p ${MANIFESTS_DIR}
systemctl daemon-reload
systemctl enable --quiet kubelet
systemctl restart kubelet
umask 077
printf '%s\\n' "$1" > "$2.new"
mv "$2.new" "$2"
`;

/** Without its manifest kubelet ends it; only then may its data go. */
const SET_ASIDE = `
set -e
rm -f "$2"
for try in $(seq 300); do
  running=
  for directory in /proc/[0-9]*; do
    read -r name < "$directory/comm" && [ "$name" = etcd ] && running=yes
  done 2>/dev/null
  [ -n "$running" ] || break
  sleep 0.2
done
[ -z "$running" ]
aside=$1/member.$(date +%Y%m%dT%H%M%S)
mv "$1/member" "$aside"
echo "$aside"
`;
