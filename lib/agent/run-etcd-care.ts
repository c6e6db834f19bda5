import type { EtcdOutcome } from "../request/etcd-care";
import type { EtcdCareRequest } from "../request/request";
import type { Work } from "../store/work";
import { Connections } from "./cluster/connections";
import { takeCare } from "./etcd/care";
import { nextDefragmentation, nextRecovery } from "./etcd/planner";
import { reachEtcd } from "./etcd/reach";
import type { EtcdCluster } from "./etcd/read";
import { withCopiedHostKeys } from "./hosts/known-hosts";

/** The state of the store's etcd cluster. It changes nothing, and needs no lock. */
export const etcdStatus = (work: Work): Promise<EtcdOutcome> =>
  withCopiedHostKeys(work.store.at("known_hosts"), (knownHosts) =>
    withEtcd(
      new Connections({ ...work, say: () => undefined }, { knownHosts }),
      async (cluster) => ({ done: [], state: await cluster.state() }),
    ),
  );

/** Does something to the store's etcd cluster, one member after the other. The lock of the store keeps others away. */
export async function runEtcdCare(
  { task, all = false }: EtcdCareRequest,
  work: Work,
): Promise<void> {
  const { clock, say, report } = work;
  const next = task === "recover" ? nextRecovery : nextDefragmentation(all);
  await withEtcd(new Connections(work), (cluster) =>
    takeCare(cluster, next, {
      clock,
      say,
      report: (outcome) => report?.({ etcd: outcome }),
    }),
  );
}

/** Reaches the store's etcd, and closes the connections at the end. */
async function withEtcd<T>(
  connections: Connections,
  use: (cluster: EtcdCluster) => Promise<T>,
): Promise<T> {
  try {
    return await use(await reachEtcd(connections));
  } finally {
    await connections.close();
  }
}
