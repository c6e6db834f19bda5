import { posix } from "node:path";
import type { Member } from "../cluster/etcd";
import type { KubernetesApi } from "../cluster/api";
import type { Host } from "../hosts/host";
import type {
  NodeRequest,
  RestoreRequest,
  RolloutRequest,
} from "../../request/request";
import { hostedNode, leftNodes, ownNodes } from "../../store/inventory";
import type { LiveNode } from "./live-node";
import { EtcdMembers } from "./members";
import { ClusterEncryption } from "./cluster-encryption";
import { laterFilesOf } from "./pod-network-files";
import { minorOf } from "../../catalog/skew";
import type { VerifiedBackup } from "../backup/read";
import { dueRestore, openBackup } from "../backup/restore";
import { reasonToSave } from "./save";
import { upgradeView } from "./upgrade";
import { hasApiServer, hasEtcd, hasKubelet } from "../../request/roles";
import type { HostResult, Session } from "./session";
import { type Step, touches } from "./step";
import type { ClusterView, NodeView } from "./view";
import { NO_CHANGES } from "./changes";
import { unreachedNodesBehind } from "./nodes-behind";
import { kubeletIssuers, Signers } from "./signers";
import { keepWorkerCredentials } from "./worker-credentials";

/** A node that the program no longer lists, from the inventory. */
interface LeftNode {
  readonly name: string;
  /** Absent for a directory node. */
  readonly request?: NodeRequest;
  /** Absent if its host is not reached. */
  readonly host?: Host;
  readonly retired: boolean;
}

/** The hosts of a rollout in their current state: steps change them, and the planner gets a view of them. */
export class LiveCluster {
  /** The nodes that are reached and do not retire. */
  readonly nodes: readonly LiveNode[];
  /** Absent if etcd is external, and for pools. */
  readonly members?: EtcdMembers;
  private readonly established: boolean;
  private readonly behind: ReadonlySet<string>;
  private readonly joined: ReadonlySet<string>;
  private apiConnection?: Promise<KubernetesApi>;
  private openedBackup?: Promise<VerifiedBackup>;
  /** Present if the program trusts two generations of what signs, and something may have been signed already. */
  private readonly signers?: Signers;
  readonly encryption: ClusterEncryption;
  private readonly startTimes = new Map<string, number>();

  private constructor(
    readonly request: RolloutRequest,
    readonly session: Session,
    readonly results: readonly HostResult[],
    private readonly left: readonly LeftNode[],
  ) {
    const { pool, etcd, endpoint } = request;
    const live = results.flatMap((each) => ("node" in each ? [each.node] : []));
    const retiring = live.filter((node) => node.request.retire);
    this.nodes = live.filter((node) => !node.request.retire);
    const leaving = left.flatMap(({ name, request, host }) =>
      request && host ? [{ name, request, host }] : [],
    );
    this.members =
      pool || !etcd
        ? undefined
        : new EtcdMembers(
            etcd,
            session.work,
            // Leaving nodes are members until they have left.
            [...this.nodes, ...retiring, ...leaving].filter((node) =>
              hasEtcd(node.request),
            ),
          );
    this.established = Object.values(session.inventory.nodes ?? {}).some(
      ({ member }) => member,
    );
    if (request.rotation && !pool && this.established)
      this.signers = new Signers(request.rotation, session.work);
    this.encryption = new ClusterEncryption(request, session, this.nodes);
    this.behind = new Set(unreachedNodesBehind(request, this.nodes, session));
    this.joined = new Set(
      pool
        ? this.nodes
            .filter((node) => keepWorkerCredentials(node, endpoint))
            .map(({ name }) => name)
        : [],
    );
  }

  /** Reads every host, including those of nodes that left the program. */
  static async open(
    request: RolloutRequest,
    session: Session,
  ): Promise<LiveCluster> {
    const { etcd, podNetwork, pool } = request;
    const { nodes = {} } = session.inventory;
    const [results, left] = await Promise.all([
      isHosted(request)
        ? session.readHosts(ownNodes(request), {
            ...(!pool && { etcd }),
            keeps: laterFilesOf(podNetwork),
            kubeletIssuers: kubeletIssuers(request, session),
            reads: request.encryption ? [request.encryption.file] : [],
          })
        : [],
      Promise.all(
        leftNodes(request, session.inventory).map(async (name) => {
          const { retired = false } = nodes[name];
          const request = hostedNode(name, nodes[name]);
          const host =
            request && !retired
              ? await session.hostIfReachable(request)
              : undefined;
          return { name, request, host, retired };
        }),
      ),
    ]);
    const cluster = new LiveCluster(request, session, results, left);
    await cluster.signers?.hold(cluster.nodes);
    return cluster;
  }

  /** Waits until every API server trusts what the new keys sign, and lets the nodes have them. */
  releaseSigners = async (): Promise<void> => this.signers?.release(this.nodes);

  /** The same cluster without some of its nodes. */
  without(
    names: readonly string[],
  ): Pick<LiveCluster, "request" | "session" | "results"> {
    const { request, session, results } = this;
    return {
      request,
      session,
      results: results.filter((each) => !names.includes(each.request.name)),
    };
  }

  node(name: string): LiveNode {
    const node = this.nodes.find((each) => each.name === name);
    if (!node) throw new Error(`${name} is not reached`);
    return node;
  }

  /** The request of a node, even if it retires or has left; `undefined` for directory nodes that left. */
  requestOf(name: string): NodeRequest | undefined {
    return (
      ownNodes(this.request).find((each) => each.name === name) ??
      this.left.find((each) => each.name === name)?.request
    );
  }

  encryptionView() {
    const hasData = this.nodes.some((node) => node.hasEtcdData);
    return this.encryption.view(!this.established && !hasData);
  }

  hasLeft = (name: string): boolean =>
    this.left.some((each) => each.name === name);

  isReached = (name: string): boolean =>
    this.results.some((each) => each.request.name === name && "node" in each) ||
    this.left.some((each) => each.name === name && each.host);

  /** Remembers when this rollout first touched each of the step's nodes. */
  markStarted(step: Step): void {
    if (!touches(step) && step.kind !== "remove member") return;
    for (const name of step.nodes)
      if (!this.startTimes.has(name))
        this.startTimes.set(name, this.session.work.clock.now());
  }

  startTime = (name: string): number =>
    this.startTimes.get(name) ?? this.session.work.clock.now();

  /** The Kubernetes API; the connection is opened when it is first needed. */
  api = (): Promise<KubernetesApi> => {
    const staying = this.request.nodes.filter(({ retire }) => !retire);
    return (this.apiConnection ??= this.session.api(staying));
  };

  /** The backup that is restored. It is examined once in a rollout, because it may have gigabytes. */
  backupOf(restore: RestoreRequest): Promise<VerifiedBackup> {
    const { store } = this.session.work;
    const encrypts = this.request.encryption !== undefined;
    return (this.openedBackup ??= openBackup(restore, store, encrypts));
  }

  /** The etcd member of a node. The address of a node that left may belong to another node by now. */
  memberOf(name: string, agreed: readonly Member[]): Member | undefined {
    const { members } = this;
    const request = this.requestOf(name);
    if (!members || !request) return undefined;
    const staying = this.request.nodes.filter(({ retire }) => !retire);
    const hasOwnAddress = !staying.some(
      (node) => node.name !== name && node.address === request.address,
    );
    const isStaying = staying.some((node) => node.name === name);
    return agreed.find((member) =>
      isStaying || (member.name === "" && hasOwnAddress)
        ? members.isOf(member, request)
        : member.name === name,
    );
  }

  async view(): Promise<ClusterView> {
    const { request, members, established } = this;
    const { inventory } = this.session;
    const { maxUnavailable, pool, podNetwork } = request;
    const agreed = await members?.agreedMembers();
    const encryption = await this.encryptionView();
    return {
      scope: pool ? "pool" : "control plane",
      ...(!isHosted(request) && { scope: "directories" }),
      nodes: [
        ...(isHosted(request) ? ownNodes(request) : []).map((node) =>
          this.viewOf(
            {
              name: node.name,
              request: node,
              retired: inventory.nodes?.[node.name]?.retired ?? false,
            },
            node.retire ? "retires" : "stays",
            agreed,
          ),
        ),
        ...this.left.map((node) => this.viewOf(node, "left", agreed)),
      ],
      ...(members && { etcd: await members.view(agreed) }),
      established,
      maxUnavailable,
      podNetwork: podNetwork?.kind,
      ...(encryption && { encryption }),
      ...(!pool && { upgrade: upgradeView(request, inventory) }),
      saves: reasonToSave(request, inventory) !== undefined,
      restores: pool ? undefined : dueRestore(request.restore, inventory),
      done: [],
    };
  }

  /** Whether a change brings a kubelet of another minor to a node that is in the cluster. */
  private getsOtherKubelet({ name, changes }: LiveNode): boolean {
    if (!changes.binaries.some((path) => posix.basename(path) === "kubelet"))
      return false;
    const result = this.results.find(({ request }) => request.name === name);
    const present = result && "facts" in result && result.facts.kubelet.version;
    return (
      typeof present === "string" &&
      minorOf(present) !== minorOf(this.request.kubernetesVersion)
    );
  }

  private viewOf(
    { name, request, retired }: LeftNode,
    status: NodeView["status"],
    agreed: readonly Member[] | undefined,
  ): NodeView {
    const { inventory } = this.session;
    const live = this.nodes.find((each) => each.name === name);
    const member = agreed && this.memberOf(name, agreed);
    return {
      name,
      status,
      runs: {
        etcd: hasEtcd(request ?? {}),
        apiServer: hasApiServer(request ?? {}),
        kubelet: hasKubelet(request ?? {}),
      },
      ...(member && {
        member: { learner: member.isLearner, started: member.started },
      }),
      reached: this.isReached(name),
      retired,
      unhealthy: live?.unhealthy.map((component) => component.name) ?? [],
      changes: live?.changes ?? NO_CHANGES,
      changesForEtcd: live?.changesForEtcd ?? NO_CHANGES,
      signerChanges: live?.signerChanges ?? NO_CHANGES,
      hasEtcdData: live?.hasEtcdData ?? false,
      restored:
        live?.restoredBy !== undefined &&
        live.restoredBy === inventory.restoring?.token,
      drains: live !== undefined && this.getsOtherKubelet(live),
      emptied: inventory.nodes?.[name]?.emptied ?? false,
      joined: this.joined.has(name),
      pending: this.behind.has(name),
    };
  }
}

/** Directory nodes have no host. A control plane or a pool has either directory nodes only, or none. */
export const isHosted = (request: RolloutRequest): boolean =>
  ownNodes(request).some(({ access }) => access.kind !== "directory");
