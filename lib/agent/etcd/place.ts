import type { EtcdRequest, NodeRequest } from "../../request/request";
import { hasEtcd } from "../../request/roles";
import type { Inventory } from "../../store/inventory";

/** The nodes that run a member, and how the members are reached. */
export interface EtcdPlace {
  readonly nodes: readonly NodeRequest[];
  readonly etcd: EtcdRequest;
}

/** Where etcd runs; `undefined` if none of the nodes runs a member, or if no rollout has set it up. */
export function etcdPlace(
  inventory: Inventory | undefined,
  among: readonly NodeRequest[],
): EtcdPlace | undefined {
  const nodes = among.filter(hasEtcd);
  const { etcd } = inventory ?? {};
  return etcd && nodes.length > 0 ? { nodes, etcd } : undefined;
}
