import type { Member } from "../cluster/etcd";
import type { KubernetesApi } from "../cluster/api";
import type { Host } from "../hosts/host";
import type { NodeRequest, RolloutRequest } from "../../request/request";
import { hostedNode, leftNodes, ownNodes } from "../../store/inventory";
import type { LiveNode } from "./live-node";
import { EtcdMembers } from "./members";
import { POD_NETWORK_FILES } from "./pod-network-files";
import { hasApiServer, hasEtcd, hasKubelet } from "../../request/roles";
import type { Reached, Session } from "./session";
import { type Step, touches } from "./step";
import type { ClusterView, NodeView } from "./view";
import { NO_CHANGES } from "./changes";
import { treeFingerprint } from "./tree-fingerprint";
import { keepWorkerCredentials } from "./worker-credentials";

/** A node that is no longer listed, as the inventory knows it. */
interface LeftNode {
  readonly name: string;
  /** Absent for a node of a directory. */
  readonly request?: NodeRequest;
  /** Absent where its machine isn't reached. */
  readonly host?: Host;
  readonly retired: boolean;
}

/** The machines of a rollout as they are: what a step is done to, and what a view is taken of. */
export class LiveCluster {
  /** Those that are reached and stay. */
  readonly nodes: readonly LiveNode[];
  /** Absent where etcd is somebody else's, and for pools. */
  readonly members?: EtcdMembers;
  private readonly established: boolean;
  private readonly waiting: ReadonlySet<string>;
  private readonly joined: ReadonlySet<string>;
  private asked?: Promise<KubernetesApi>;
  private readonly begun = new Map<string, number>();

  private constructor(
    readonly request: RolloutRequest,
    readonly session: Session,
    readonly reached: readonly Reached[],
    private readonly left: readonly LeftNode[],
  ) {
    const { pool, etcd, endpoint } = request;
    const live = reached.flatMap((each) => ("node" in each ? [each.node] : []));
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
            // Those that leave count until they have left.
            [...this.nodes, ...retiring, ...leaving].filter((node) =>
              hasEtcd(node.request),
            ),
          );
    this.established = Object.values(session.inventory.nodes ?? {}).some(
      ({ member }) => member,
    );
    this.waiting = new Set(waitingNodes(request, this.nodes, session));
    this.joined = new Set(
      pool
        ? this.nodes
            .filter((node) => keepWorkerCredentials(node, endpoint))
            .map(({ name }) => name)
        : [],
    );
  }

  /** Looks at every host, the machines of nodes that left among them. */
  static async open(
    request: RolloutRequest,
    session: Session,
  ): Promise<LiveCluster> {
    const { etcd, podNetwork, pool } = request;
    const { nodes = {} } = session.inventory;
    const [reached, left] = await Promise.all([
      isHosted(request)
        ? session.reach(ownNodes(request), {
            ...(!pool && { etcd }),
            keeps: podNetwork ? POD_NETWORK_FILES : [],
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
    return new LiveCluster(request, session, reached, left);
  }

  /** The same where nobody asks for some nodes. */
  without(
    names: readonly string[],
  ): Pick<LiveCluster, "request" | "session" | "reached"> {
    const { request, session, reached } = this;
    return {
      request,
      session,
      reached: reached.filter((each) => !names.includes(each.request.name)),
    };
  }

  node(name: string): LiveNode {
    const node = this.nodes.find((each) => each.name === name);
    if (!node) throw new Error(`${name} is not reached`);
    return node;
  }

  /** A node that stays, retires or left, as it was asked for; `undefined` where it has no host. */
  requestOf(name: string): NodeRequest | undefined {
    return (
      ownNodes(this.request).find((each) => each.name === name) ??
      this.left.find((each) => each.name === name)?.request
    );
  }

  isLeft = (name: string): boolean =>
    this.left.some((each) => each.name === name);

  isReached = (name: string): boolean =>
    this.reached.some((each) => each.request.name === name && "node" in each) ||
    this.left.some((each) => each.name === name && each.host);

  /** Remembers when this rollout first touched each of the nodes. */
  begin(step: Step): void {
    if (!touches(step) && step.kind !== "remove member") return;
    for (const name of step.nodes)
      if (!this.begun.has(name))
        this.begun.set(name, this.session.work.clock.now());
  }

  since = (name: string): number =>
    this.begun.get(name) ?? this.session.work.clock.now();

  /** The API of the cluster, asked for when it is first needed. */
  api = (): Promise<KubernetesApi> => {
    const staying = this.request.nodes.filter(({ retire }) => !retire);
    return (this.asked ??= this.session.api(staying));
  };

  /** The member of etcd that is a node's; the address of one that left may be another node's by now. */
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

  async look(): Promise<ClusterView> {
    const { request, members, established } = this;
    const { maxUnavailable, pool, podNetwork } = request;
    const agreed = await members?.agreed();
    return {
      scope: pool ? "pool" : "control plane",
      ...(!isHosted(request) && { scope: "directories" }),
      nodes: [
        ...(isHosted(request) ? ownNodes(request) : []).map((node) =>
          this.viewOf(node, agreed),
        ),
        ...this.left.map((node) => this.leftView(node, agreed)),
      ],
      ...(members && { etcd: await members.look(agreed) }),
      established,
      maxUnavailable,
      podNetwork: podNetwork !== undefined,
      done: [],
    };
  }

  private viewOf(
    node: NodeRequest,
    agreed: readonly Member[] | undefined,
  ): NodeView {
    const { name, retire } = node;
    const reached = this.reached.find(
      (each) => each.request.name === name && "node" in each,
    );
    const live = this.nodes.find((each) => each.name === name);
    return {
      ...this.factsOf(name, node, agreed),
      place: retire ? "retires" : "stays",
      reached: reached !== undefined,
      retired: this.session.inventory.nodes?.[name]?.retired ?? false,
      unhealthy: live?.unhealthy.map((component) => component.name) ?? [],
      changes: live?.changes ?? NO_CHANGES,
      hasEtcdData: live?.hasEtcdData ?? false,
      joined: this.joined.has(name),
      waits: this.waiting.has(name),
    };
  }

  private leftView(
    { name, request, host, retired }: LeftNode,
    agreed: readonly Member[] | undefined,
  ): NodeView {
    return {
      ...this.factsOf(name, request, agreed),
      place: "left",
      reached: host !== undefined,
      retired,
      unhealthy: [],
      changes: NO_CHANGES,
      hasEtcdData: false,
      joined: false,
      waits: false,
    };
  }

  private factsOf(
    name: string,
    node: NodeRequest | undefined,
    agreed: readonly Member[] | undefined,
  ): Pick<NodeView, "name" | "runs" | "member"> {
    const member = agreed && this.memberOf(name, agreed);
    return {
      name,
      runs: {
        etcd: hasEtcd(node ?? {}),
        apiServer: hasApiServer(node ?? {}),
        kubelet: hasKubelet(node ?? {}),
      },
      ...(member && {
        member: { learner: member.isLearner, started: member.started },
      }),
    };
  }
}

/** Nodes of directories have no host; a program mixes them with others only by pool. */
export const isHosted = (request: RolloutRequest): boolean =>
  ownNodes(request).some(({ access }) => access.kind !== "directory");

/** Those that were not reached, and that have not got what they are to have: this rollout is not at its end. */
function waitingNodes(
  request: RolloutRequest,
  reached: readonly LiveNode[],
  session: Session,
): string[] {
  const there = new Set(reached.map(({ name }) => name));
  return ownNodes(request).flatMap(({ name, retire, binaries }) =>
    retire ||
    there.has(name) ||
    session.inventory.nodes?.[name]?.tree ===
      treeFingerprint(session.treeOf(name), binaries)
      ? []
      : [name],
  );
}
