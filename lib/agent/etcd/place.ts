import { posix } from "node:path";
import { ETCD } from "../../catalog/etcd";
import type { EtcdRequest, NodeRequest } from "../../request/request";
import { hasEtcd } from "../../request/roles";
import type { Inventory } from "../../store/inventory";

/** The nodes that run a member, and how the members are reached. */
export interface EtcdPlace {
  readonly nodes: readonly NodeRequest[];
  readonly etcd: EtcdRequest;
}

/** Where etcd runs; `undefined` if none of the nodes runs a member. */
export function etcdPlace(
  inventory: Inventory | undefined,
  among: readonly NodeRequest[],
): EtcdPlace | undefined {
  const nodes = among.filter(hasEtcd);
  const [first] = nodes;
  const etcd = inventory?.etcd ?? (first && ofProcess(first));
  return etcd && first ? { nodes, etcd } : undefined;
}

/** The rollout of a local control plane is told nothing of etcd, but the command of its process says the same. */
function ofProcess({ components }: NodeRequest): EtcdRequest | undefined {
  const { command } = components.find(({ name }) => name === ETCD.id) ?? {};
  if (!command) return undefined;
  const valueOf = (flag: string): string =>
    command
      .findLast((word) => word.startsWith(`--${flag}=`))
      ?.slice(`--${flag}=`.length) ?? "";
  const portOf = (flag: string): number =>
    Number(/:(\d+)(?:,|$)/.exec(valueOf(flag))?.[1]);
  return {
    dataDir: valueOf("data-dir"),
    certificatesDir: posix.dirname(valueOf("trusted-ca-file")),
    clientPort: portOf("advertise-client-urls"),
    peerPort: portOf("initial-advertise-peer-urls"),
  };
}
