import { workspaceClaim } from "./workspace";
import type {
  EtcdRequest,
  NodeRequest,
  PodNetworkRequest,
  RolloutRequest,
} from "../request/request";

/** What `inventory.json` says; all but the owner comes with a rollout. */
export interface Inventory {
  readonly stack: string;
  /** Absent: `default`, see `workspaceOf`. */
  readonly workspace?: string;
  readonly clusterName?: string;
  readonly kubernetesVersion?: string;
  readonly endpoint?: string;
  readonly adminKubeconfig?: string;
  readonly nodes?: Readonly<Record<string, InventoryNode>>;
  readonly etcd?: EtcdRequest;
  readonly podNetwork?: PodNetworkRequest;
  /** What was applied to the cluster. */
  readonly objects?: AppliedObjects;
  /** How long each kind of step of a rollout took the last time. */
  readonly seconds?: Readonly<Record<string, number>>;
}

/** A node of a directory has an address and its access; one on a host all that its rollout was told of it. */
export type InventoryNode = Pick<NodeRequest, "address" | "access"> &
  Partial<NodeRequest> & {
    /** Of a worker. */
    readonly pool?: string;
    /** It is, or was once, a member of etcd; or it runs the control plane with an etcd that isn't ours. */
    readonly member?: boolean;
    /** The fingerprint of the tree that it was brought to last. */
    readonly tree?: string;
    /** It left the cluster while its machine exists. */
    readonly retired?: boolean;
  };

/**
 * What a rollout knows before it begins: kept, so that whatever happens, destroy knows where it was at work. Who left
 * stays in it until that is done.
 */
export function inventoryOf(
  request: RolloutRequest,
  present: Inventory | undefined,
): Inventory {
  const { stack, clusterName, kubernetesVersion, endpoint, adminKubeconfig } =
    request;
  const { workspace, pool, etcd, podNetwork } = request;
  const nodes = present?.nodes ?? {};
  return {
    ...present,
    stack,
    ...workspaceClaim(workspace),
    clusterName,
    kubernetesVersion,
    endpoint,
    adminKubeconfig,
    ...(etcd && { etcd }),
    ...(podNetwork && { podNetwork }),
    nodes: {
      ...nodes,
      ...Object.fromEntries(
        ownNodes(request).map((node) => [
          node.name,
          inventoryNode(node, nodes[node.name], pool?.name),
        ]),
      ),
    },
  };
}

/** Those that this rollout brings to their trees. */
export const ownNodes = ({ pool, nodes }: RolloutRequest) =>
  pool ? pool.nodes : nodes;

/** The nodes of the inventory that left: of this rollout, or, with the control plane's, of pools that are gone. */
export function leftNodes(
  request: RolloutRequest,
  present: Inventory | undefined,
): string[] {
  const own = new Set(ownNodes(request).map(({ name }) => name));
  const isOurs = (pool: string | undefined): boolean =>
    pool === request.pool?.name ||
    (!request.pool && pool !== undefined && !(pool in request.pools));
  return Object.entries(present?.nodes ?? {})
    .filter(([name, node]) => isOurs(node.pool) && !own.has(name))
    .map(([name]) => name);
}

function inventoryNode(
  node: NodeRequest,
  present: InventoryNode | undefined,
  pool: string | undefined,
): InventoryNode {
  const { address, access } = node;
  if (access.kind === "directory")
    return { address, access, ...(pool !== undefined && { pool }) };
  const { member, retired } = present ?? {};
  // What another machine was brought says nothing of this one.
  const tree = isReinstalled(node, present) ? undefined : present?.tree;
  return {
    ...node,
    ...(pool !== undefined && { pool }),
    ...(member && { member }),
    ...(tree !== undefined && { tree }),
    ...(retired && { retired }),
  };
}

/** The program says that another machine is the node, or the same one anew: what was on it is gone. */
export const isReinstalled = (
  { machineId }: NodeRequest,
  present: InventoryNode | undefined,
): boolean =>
  present !== undefined &&
  machineId !== undefined &&
  present.machineId !== machineId;

/** The same with a change to one of its nodes; without the node where there is none. */
export function withNode(
  inventory: Inventory,
  name: string,
  change: Partial<InventoryNode> | undefined,
): Inventory {
  const { [name]: node, ...others } = inventory.nodes ?? {};
  return {
    ...inventory,
    nodes:
      change === undefined || node === undefined
        ? others
        : { ...others, [name]: { ...node, ...change } },
  };
}

/** What is on it are processes of the user's on this machine: nobody becomes root for them. */
export const runsProcesses = ({
  components = [],
}: Partial<Pick<NodeRequest, "components">>): boolean =>
  components.some(({ command }) => command !== undefined);

/** A node of the inventory as it was asked for, where it is on a host. */
export function hostedNode(
  name: string,
  node: InventoryNode,
): NodeRequest | undefined {
  return node.access.kind === "directory" || node.components === undefined
    ? undefined
    : ({ ...node, name } as NodeRequest);
}

/** What was applied to a cluster, so that what left is removed. */
export interface AppliedObjects {
  /** `apps/v1 Deployment kube-system/coredns`, in the order in which they were applied. */
  readonly objects: readonly string[];
  /** The ids of the bootstrap tokens, by the fingerprint of what each was made from. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** Those on hosts, but for who left and whose machine may be gone. */
export const hostedNodes = (inventory: Inventory | undefined): NodeRequest[] =>
  Object.entries(inventory?.nodes ?? {}).flatMap(
    ([name, node]) => (!node.retired && hostedNode(name, node)) || [],
  );

/** Those that were brought to their trees once: what is missing on another is no drift. */
export const checkedNodes = (inventory: Inventory | undefined): NodeRequest[] =>
  hostedNodes(inventory).filter(
    ({ name }) => inventory?.nodes?.[name]?.tree !== undefined,
  );
