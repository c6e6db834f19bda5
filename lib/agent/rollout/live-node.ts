import { createHash, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  KUBELET_DIR,
  KUBERNETES_DIR,
  MANIFESTS_DIR,
} from "../../catalog/paths";
import { toYaml } from "../../render/yaml";
import { notDelivered } from "../errors-rollout";
import {
  deliver,
  differences,
  type HostState,
  readHost,
} from "../hosts/delivery";
import type { Host, HostFile } from "../hosts/host";
import { files } from "../report";
import type { ComponentRequest, NodeRequest } from "../request";
import {
  type Client,
  type Running,
  runningOn,
  unhealthyOf,
  waitUntilHealthy,
} from "./health";
import {
  ETCD_MANIFEST,
  fingerprintOf,
  type Joining,
  KUBELET_CERTIFICATE,
  KUBELET_KUBECONFIG,
  type Present,
  wantedFiles,
} from "./wanted";
import { fromYaml } from "../yaml";

/** What kubelet was started with, on the host. */
const KUBELET_STAMP = "/var/lib/cdktf-control-plane/kubelet";

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

/** A node whose host is reached: what it has, what it is to have, and how it gets there. */
export class LiveNode {
  private joining?: Joining;
  private extra: readonly HostFile[] = [];
  private etcdIsAside = false;
  /** What ran before anything was brought: a component is replaced once in a rollout at most. */
  private running?: Running;
  private readonly repair = randomUUID();
  /** Components that were unhealthy when they were asked last. */
  unhealthy: readonly ComponentRequest[] = [];

  private constructor(
    readonly props: LiveNodeProps,
    private state: HostState,
  ) {}

  static async read(props: LiveNodeProps): Promise<LiveNode> {
    const state = await LiveNode.stateOf(props);
    const node = new LiveNode(props, state);
    node.unhealthy = await unhealthyOf(
      props.host,
      props.request.components,
      props.client,
    );
    return node;
  }

  private static stateOf({ host, tree, keeps }: LiveNodeProps) {
    const paths = tree.map(({ path }) => path);
    const contents = new Set([...READ, ...paths.filter(isManifest), ...keeps]);
    return readHost(host, [...new Set([...paths, ...contents])], {
      contents: [...contents],
    });
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

  get hasEtcdData(): boolean {
    return this.props.etcdDataDir !== undefined && !this.etcdIsAside;
  }

  get present(): Present {
    const { contents } = this.state;
    return {
      kubeletKubeconfig: contents.get(KUBELET_KUBECONFIG),
      kubeletCertificate: contents.get(KUBELET_CERTIFICATE),
      etcdManifest: contents.get(ETCD_MANIFEST),
      manifests: new Map([...contents].filter(([path]) => isManifest(path))),
      hasEtcdData: this.hasEtcdData,
      kept: this.kept,
    };
  }

  private editedAmong(wanted: readonly HostFile[]): Set<string> {
    const { tree, hadTree } = this.props;
    const paths = new Set(tree.map(({ path }) => path));
    return new Set(
      wanted
        .filter(({ path }) => paths.has(path) && (hadTree || !isManifest(path)))
        .filter((file) => !this.isThere(file))
        .map(({ path }) => path),
    );
  }

  /** Whether kubelet sees another pod in it than in what is there. */
  private isAnother({ path, content }: HostFile): boolean {
    const present = this.state.contents.get(path);
    return (
      present === undefined ||
      !isDeepStrictEqual(podIn(present), podIn(content))
    );
  }

  private isThere({ path, content }: HostFile): boolean {
    const found = this.state.files.get(path);
    return (
      found !== undefined &&
      found !== "other" &&
      found.sha256 === createHash("sha256").update(content).digest("hex")
    );
  }

  /** Those of the files that are kept which are there, as they are. */
  private get kept(): HostFile[] {
    return this.props.keeps.flatMap((path) => {
      const file = this.state.files.get(path);
      const content = this.state.contents.get(path);
      if (
        !file ||
        file === "other" ||
        !content ||
        this.extra.some((each) => each.path === path)
      )
        return [];
      return [{ path, content, mode: file.mode, owner: file.names }];
    });
  }

  get wanted(): HostFile[] {
    const edited = this.editedAmong(this.unrepaired);
    return this.wantedOn({ ...this.present, edited, repair: this.repair });
  }

  /** As {@link wanted}, but what starts anew because something that it reads is repaired. */
  private get unrepaired(): HostFile[] {
    return this.wantedOn(this.present);
  }

  private wantedOn(present: Present): HostFile[] {
    return [
      ...wantedFiles(this.props.tree, present, this.joining),
      ...this.extra,
    ];
  }

  get changed(): readonly HostFile[] {
    return differences(this.wanted, this.state).changed;
  }

  /** As {@link changed}, but what starts anew because something that it reads is repaired. */
  get edits(): readonly HostFile[] {
    return differences(this.unrepaired, this.state).changed;
  }

  get removed(): readonly string[] {
    return differences(this.wanted, this.state).removed;
  }

  /** Whether the host has such a file, whatever is in it. */
  has(path: string): boolean {
    return this.state.files.get(path) !== undefined;
  }

  /** Whether kubelet was started with other files than it is to have, or is down. */
  get kubeletIsOld(): boolean {
    return (
      this.state.contents.get(KUBELET_STAMP)?.toString().trim() !==
        this.kubeletFingerprint ||
      this.unhealthy.some(({ name }) => name === "kubelet")
    );
  }

  /** Its credentials are not in it: kubelet renews them itself. */
  private get kubeletFingerprint(): string {
    return fingerprintOf(
      this.props.tree
        .filter(({ path }) => isKubelets(path))
        .map((file) =>
          file.path === KUBELET_KUBECONFIG ? withoutUsers(file) : file,
        ),
    );
  }

  /** It was brought to a tree before. */
  get wasDelivered(): boolean {
    return this.state.delivered.length > 0;
  }

  get differs(): boolean {
    return (
      this.changed.length > 0 || this.removed.length > 0 || this.kubeletIsOld
    );
  }

  get isHealthy(): boolean {
    return this.unhealthy.length === 0;
  }

  /** Whether what differs makes an etcd that is well start anew. */
  get endsEtcd(): boolean {
    return (
      this.changed.some(({ path }) => path === ETCD_MANIFEST) &&
      !this.unhealthy.some(({ name }) => name === "etcd")
    );
  }

  /** Makes its etcd one that joins members that are there. */
  join(joining: Joining): void {
    this.joining = joining;
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
    this.etcdIsAside = true;
    this.state = await LiveNode.stateOf(this.props);
    say(
      `${this.name}: etcd's old data are kept in ${stdout.toString().trim()}`,
    );
  }

  /** Gives it files beside its tree, in place of those given before. */
  setExtra(extra: readonly HostFile[]): void {
    this.extra = extra;
  }

  /** Reads the host again until it has what is asked for; `undefined` where it has not after `limit` milliseconds. */
  async until<T>(
    ask: (present: Present) => T | undefined,
    limit: number,
  ): Promise<T | undefined> {
    const end = Date.now() + limit;
    for (;;) {
      this.state = await LiveNode.stateOf(this.props);
      const answer = ask(this.present);
      if (answer !== undefined || Date.now() > end) return answer;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** Brings what differs, all of it or without some, and starts kubelet where it needs that; gives what ran before. */
  async bring(
    without: (path: string) => boolean = () => false,
    options: BringOptions = {},
  ): Promise<Change> {
    const { startsKubelet = this.kubeletIsOld } = options;
    const { host, say } = this.props;
    const wanted = this.wanted;
    const { changed, removed: unlisted } = differences(wanted, this.state);
    const unwanted = (options.removed ?? []).filter((path) => this.has(path));
    const removed = [...unlisted, ...unwanted];
    const now = changed.filter(({ path }) => !without(path));
    const before = (this.running ??= await runningOn(host, this.name));
    const replaced = new Set(
      this.request.components.flatMap(({ name, manifest }) =>
        now.some((file) => file.path === manifest && this.isAnother(file))
          ? [name]
          : [],
      ),
    );
    const renewsKubelet = now.some(({ path }) => path === KUBELET_KUBECONFIG);
    const changesKubelet = now.some(({ path }) => isKubelets(path));
    if (now.length > 0 || removed.length > 0) {
      await deliver(host, {
        changed: now,
        removed: [
          ...removed,
          // Else kubelet would go on with what it renewed before.
          ...(renewsKubelet && this.takesOurCredentials(wanted)
            ? [KUBELET_CERTIFICATE]
            : []),
          // Killed before it is started, the next run starts it.
          ...(changesKubelet ? [KUBELET_STAMP] : []),
        ],
        listed: wanted.map(({ path }) => path),
      });
      this.state = withFiles(this.state, now, removed, wanted);
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

  private takesOurCredentials(wanted: readonly HostFile[]): boolean {
    const own = this.props.tree.find(({ path }) => path === KUBELET_KUBECONFIG);
    const given = wanted.find(({ path }) => path === KUBELET_KUBECONFIG);
    return own !== undefined && given === own;
  }

  private async startKubelet(): Promise<void> {
    const { host } = this.props;
    const { exitCode, stderr } = await host.run(START_KUBELET, {
      args: [this.kubeletFingerprint, KUBELET_STAMP],
    });
    if (exitCode !== 0)
      throw notDelivered(
        this.name,
        `kubelet cannot be started: ${stderr.trim()}`,
      );
    this.unhealthy = this.unhealthy.filter(({ name }) => name !== "kubelet");
    const contents = new Map(this.state.contents);
    contents.set(KUBELET_STAMP, Buffer.from(this.kubeletFingerprint));
    this.state = { ...this.state, contents };
  }
}

/** The host as it is after a delivery: reading it again would tell nothing new. */
function withFiles(
  state: HostState,
  changed: readonly HostFile[],
  removed: readonly string[],
  listed: readonly HostFile[],
): HostState {
  const files = new Map(state.files);
  const contents = new Map(state.contents);
  for (const path of removed) {
    files.delete(path);
    contents.delete(path);
  }
  for (const { path, content, mode, owner } of changed) {
    const sha256 = createHash("sha256").update(content).digest("hex");
    files.set(path, { sha256, mode, ids: owner, names: owner });
    if (READ.includes(path) || isManifest(path)) contents.set(path, content);
  }
  return { files, contents, delivered: listed.map(({ path }) => path) };
}

/** What decides about the rest, beside the tree. */
const READ = [
  KUBELET_KUBECONFIG,
  KUBELET_CERTIFICATE,
  ETCD_MANIFEST,
  KUBELET_STAMP,
];

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

function podIn(manifest: Buffer): unknown {
  try {
    return fromYaml(manifest.toString());
  } catch {
    return undefined;
  }
}

const isManifest = (path: string): boolean =>
  path.startsWith(`${MANIFESTS_DIR}/`);

/** What kubelet reads only when it starts. */
function isKubelets(path: string): boolean {
  return (
    path.startsWith(`${KUBELET_DIR}/`) ||
    path.startsWith("/etc/systemd/system/kubelet.service") ||
    path === KUBELET_KUBECONFIG
  );
}

function withoutUsers(file: HostFile): HostFile {
  const kubeconfig = { ...(fromYaml(file.content.toString()) as object) };
  return {
    ...file,
    content: Buffer.from(toYaml({ ...kubeconfig, users: undefined })),
  };
}

export const BOOTSTRAP_KUBECONFIG = `${KUBERNETES_DIR}/bootstrap-kubelet.conf`;
