import { workspaceClaim } from "./workspace";
import type { ClusterKey, KeyGenerations } from "../catalog/authorities";
import type { EncryptionTarget } from "../catalog/encryption";
import type { RecordedFacts } from "../catalog/cluster-facts";
import type {
  EtcdRequest,
  NodeRequest,
  PodNetworkRequest,
  RolloutRequest,
} from "../request/request";

/** The content of `inventory.json`. Everything except the owner is written by rollouts. */
export interface Inventory {
  readonly stack: string;
  /** @default - the workspace `default`, see `workspaceOf` */
  readonly workspace?: string;
  readonly clusterName?: string;
  readonly kubernetesVersion?: string;
  /** The release to which an upgrade has begun that has not ended yet. */
  readonly upgradingTo?: string;
  readonly endpoint?: string;
  readonly adminKubeconfig?: string;
  readonly nodes?: Readonly<Record<string, InventoryNode>>;
  readonly etcd?: EtcdRequest;
  readonly podNetwork?: PodNetworkRequest;
  /** What the cluster is set up with, since a rollout succeeded. A plan compares it with the program. */
  readonly facts?: RecordedFacts;
  /** The generations of keys with which the cluster is set up. Absent: all are of the first one. */
  readonly generations?: KeyGenerations;
  /** What was applied to the cluster. */
  readonly objects?: AppliedObjects;
  /** A restore of etcd that has begun and is not done. */
  readonly restoring?: {
    /** The SHA-256 of its snapshot. */
    readonly snapshot: string;
    /** The token of the new etcd cluster, which all members get. */
    readonly token: string;
  };
  /** How all values in etcd are encrypted, since a rollout proved it. Absent: none are. */
  readonly encryption?: EncryptionTarget;
  /** How values get encrypted by a rollout that has begun and has not proved yet that all are. */
  readonly encrypting?: EncryptionTarget;
  /** When etcd was restored from snapshots, by the SHA-256 of each. */
  readonly restored?: Readonly<Record<string, string>>;
  /** The newest snapshot of etcd on a host that a check has found. */
  readonly saved?: { readonly node: string; readonly time: string };
  /** How long each kind of step of a rollout took the last time. */
  readonly seconds?: Readonly<Record<string, number>>;
}

/** A node in a directory has only its address and access; a node on a host has its whole request. */
export type InventoryNode = Pick<NodeRequest, "address" | "access"> &
  Partial<NodeRequest> & {
    /** The pool of a worker. */
    readonly pool?: string;
    /** Whether it is or was an etcd member, or is a control-plane node of a cluster with an external etcd. */
    readonly member?: boolean;
    /** The fingerprint of the tree with which its host was last in accordance. */
    readonly tree?: string;
    /** Whether a rollout has moved its pods away, and nothing is scheduled there yet. */
    readonly emptied?: boolean;
    /** Whether it left the cluster while its machine still exists. */
    readonly retired?: boolean;
    /** The releases that run there since its rollout succeeded. Absent in inventories of earlier versions. */
    readonly runs?: { readonly kubernetes?: string; readonly etcd?: string };
    /** The generations of keys that its host has, as far as they are not the first ones. */
    readonly generations?: GenerationNumbers;
  };

export type GenerationNumbers = Readonly<Partial<Record<ClusterKey, number>>>;

/** What is recorded of a node that has the keys of a rollout. */
export const generationNumbers = ({
  generations = {},
}: Pick<RolloutRequest, "generations">): GenerationNumbers | undefined => {
  const numbers = Object.entries(generations).map(
    ([key, { number }]) => [key, number] as const,
  );
  return numbers.length > 0 ? Object.fromEntries(numbers) : undefined;
};

/**
 * The inventory that a rollout writes before it begins, so that destroy knows all hosts even if the rollout fails. Nodes
 * that left the program stay in it until they have left the cluster.
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
          inventoryNode(node, present, pool?.name),
        ]),
      ),
    },
  };
}

/** The inventory after a rollout that succeeded: the cluster is set up with what the program says. */
export const inventoryAfter = (
  inventory: Inventory,
  { pool, facts, generations }: RolloutRequest,
): Inventory =>
  pool || !facts
    ? inventory
    : {
        ...inventory,
        facts,
        ...((generations ?? inventory.generations) && { generations }),
        ...(inventory.upgradingTo !== undefined && { upgradingTo: undefined }),
      };

/** The nodes that this rollout makes match their trees. */
export const ownNodes = ({ pool, nodes }: RolloutRequest) =>
  pool ? pool.nodes : nodes;

/**
 * The nodes of the inventory that are no longer in the program: nodes of this rollout, and, in the rollout of the
 * control plane, nodes of pools that were removed. A worker that is in another pool now has not left.
 */
export function leftNodes(
  request: RolloutRequest,
  present: Inventory | undefined,
): string[] {
  const listed = new Set([
    ...ownNodes(request).map(({ name }) => name),
    ...Object.values(request.pools).flat(),
  ]);
  const isOfThisRollout = (pool: string | undefined): boolean =>
    pool === request.pool?.name ||
    (!request.pool && pool !== undefined && !(pool in request.pools));
  return Object.entries(present?.nodes ?? {})
    .filter(([name, node]) => isOfThisRollout(node.pool) && !listed.has(name))
    .map(([name]) => name);
}

/**
 * The node that now has the address of a node that leaves: the same host under a new name, or a machine that replaced it.
 * What runs there belongs to it.
 *
 * @param hasLeft whether a node is no longer in the program
 */
export const successorOf = (
  leaving: string,
  { nodes = {} }: Inventory,
  hasLeft: (name: string) => boolean,
): string | undefined =>
  Object.keys(nodes).find(
    (name) =>
      name !== leaving &&
      !hasLeft(name) &&
      !nodes[name].retired &&
      nodes[name].address === nodes[leaving]?.address,
  );

function inventoryNode(
  node: NodeRequest,
  inventory: Inventory | undefined,
  pool: string | undefined,
): InventoryNode {
  const { address, access } = node;
  const present = inventory?.nodes?.[node.name];
  if (access.kind === "directory")
    return { address, access, ...(pool !== undefined && { pool }) };
  const { member, retired, emptied, generations } = present ?? {};
  // The release of the whole cluster, which earlier versions recorded alone, is about to be replaced.
  const { runs = { kubernetes: inventory?.kubernetesVersion } } = present ?? {};
  // The recorded tree was delivered to the former machine, not to the new one.
  const tree = isReinstalled(node, present) ? undefined : present?.tree;
  return {
    ...node,
    ...(pool !== undefined && { pool }),
    ...(member && { member }),
    ...(tree !== undefined && {
      tree,
      ...(pool === undefined && { runs }),
      ...(generations && { generations }),
    }),
    ...(retired && { retired }),
    ...(emptied && { emptied }),
  };
}

/** Whether the program declares the node's machine as new (replaced or reinstalled), so that its files are gone. */
export const isReinstalled = (
  { machineId }: NodeRequest,
  present: InventoryNode | undefined,
): boolean =>
  present !== undefined &&
  machineId !== undefined &&
  present.machineId !== machineId;

/** The inventory with a change to one of its nodes; without that node if the change is `undefined`. */
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

/** The request of a node of the inventory; `undefined` if the node is not on a host. */
export function hostedNode(
  name: string,
  node: InventoryNode,
): NodeRequest | undefined {
  return node.access.kind === "directory" || node.components === undefined
    ? undefined
    : ({ ...node, name } as NodeRequest);
}

/** What was applied to a cluster. Objects that leave the program are removed with it. */
export interface AppliedObjects {
  /** In the order in which they were applied: `apps/v1 Deployment kube-system/coredns`. */
  readonly objects: readonly string[];
  /** The ids of the bootstrap tokens, by the fingerprint of the spec of each. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** The nodes on hosts, without retired ones, whose machines may be gone. */
export const hostedNodes = (inventory: Inventory | undefined): NodeRequest[] =>
  Object.entries(inventory?.nodes ?? {}).flatMap(
    ([name, node]) => (!node.retired && hostedNode(name, node)) || [],
  );

/** Whether a node belongs to a pool of workers. */
export const isWorker = (
  inventory: Inventory | undefined,
  { name }: Pick<NodeRequest, "name">,
): boolean => inventory?.nodes?.[name]?.pool !== undefined;

/** The nodes whose rollout succeeded at least once. On others, a missing file is not drift. */
export const checkedNodes = (inventory: Inventory | undefined): NodeRequest[] =>
  hostedNodes(inventory).filter((node) => wasSetUp(inventory, node));

/** The nodes on hosts that no rollout has set up: it failed, was killed, or never began there. */
export const nodesNeverSetUp = (inventory: Inventory | undefined): string[] =>
  hostedNodes(inventory)
    .filter((node) => !wasSetUp(inventory, node))
    .map(({ name }) => name);

const wasSetUp = (
  inventory: Inventory | undefined,
  { name }: NodeRequest,
): boolean => inventory?.nodes?.[name]?.tree !== undefined;
