import { type Inventory, isReinstalled, ownNodes } from "../../store/inventory";
import type { NodeRequest, RolloutRequest } from "../../request/request";
import type { Store } from "../../store/store";
import { forgetHostKey } from "../hosts/known-hosts";
import { relativeToStore } from "../cluster/connections";

/** A rollout as the inventory knows it: its paths start at the store. */
export function throughStore(
  request: RolloutRequest,
  store: Store,
): RolloutRequest {
  const { nodes, pool } = request;
  const each = (node: NodeRequest) => relativeToStore(node, store);
  return {
    ...request,
    nodes: nodes.map(each),
    ...(pool && { pool: { ...pool, nodes: pool.nodes.map(each) } }),
  };
}

/** What people call it: `prod`, and of a pool `prod workers`. */
export const titleOf = ({
  clusterName,
  pool,
}: Pick<RolloutRequest, "clusterName" | "pool">): string =>
  pool ? `${clusterName} ${pool.name}` : clusterName;

/** Another machine answers under the same name, with another key. */
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
