import { type Inventory, isReinstalled, ownNodes } from "../../store/inventory";
import type { NodeRequest, RolloutRequest } from "../../request/request";
import type { Store } from "../../store/store";
import { forgetHostKey } from "../hosts/known-hosts";
import { relativeToStore } from "../cluster/connections";

/** The same request with its paths relative to the store, as the inventory keeps it. */
export function throughStore(
  request: RolloutRequest,
  store: Store,
): RolloutRequest {
  return withNodes(request, (node) => relativeToStore(node, store));
}

/** The same request with all of its nodes changed. */
export function withNodes(
  request: RolloutRequest,
  change: (node: NodeRequest) => NodeRequest,
): RolloutRequest {
  const { nodes, pool } = request;
  return {
    ...request,
    nodes: nodes.map(change),
    ...(pool && { pool: { ...pool, nodes: pool.nodes.map(change) } }),
  };
}

/** The title of a rollout in output: `prod`, or `prod workers` for a pool. */
export const titleOf = ({
  clusterName,
  pool,
}: Pick<RolloutRequest, "clusterName" | "pool">): string =>
  pool ? `${clusterName} ${pool.name}` : clusterName;

/** Forgets the host keys of machines that were reinstalled, because they now answer with a different key. */
export function forgetReinstalled(
  request: RolloutRequest,
  knownHosts: string,
  before: Inventory | undefined,
): void {
  for (const node of ownNodes(request)) {
    if (isReinstalled(node, before?.nodes?.[node.name]))
      forgetHostKey(knownHosts, node.name);
  }
}
