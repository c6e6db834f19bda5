import { AgentError } from "../base/errors";
import type { EtcdOutcome } from "../request/etcd-care";
import type { EtcdCareRequest, NodeRequest } from "../request/request";
import { hostedNodes } from "../store/inventory";
import type { Work } from "../store/work";
import { Connections, withShortTimeout } from "./cluster/connections";
import { takeCare } from "./etcd/care";
import { noEtcdMember } from "./etcd/errors";
import { nextDefragmentation, nextRecovery } from "./etcd/planner";
import { etcdPlace } from "./etcd/place";
import { EtcdCluster, type EtcdHost } from "./etcd/read";
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

/** Reaches the nodes that run etcd according to the inventory, and closes the connections at the end. */
async function withEtcd<T>(
  connections: Connections,
  use: (cluster: EtcdCluster) => Promise<T>,
): Promise<T> {
  const { store, clock } = connections.work;
  const inventory = store.inventory();
  const place = etcdPlace(inventory, hostedNodes(inventory));
  if (!place) throw noEtcdMember(store.shown());
  try {
    const hosts = await Promise.all(
      place.nodes.map((node) => reached(node, connections)),
    );
    return await use(new EtcdCluster(hosts, place.etcd, { store, clock }));
  } finally {
    await connections.close();
  }
}

async function reached(
  request: NodeRequest,
  connections: Connections,
): Promise<EtcdHost> {
  try {
    const host = await connections.host(withShortTimeout(request));
    return { name: request.name, host, request };
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return { request, failure: error.message.split("\n")[0] };
  }
}
