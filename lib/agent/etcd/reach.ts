import { AgentError } from "../../base/errors";
import type { NodeRequest } from "../../request/request";
import { hostedNodes } from "../../store/inventory";
import { type Connections, withShortTimeout } from "../cluster/connections";
import { noEtcdMember } from "./errors";
import { etcdPlace } from "./place";
import { EtcdCluster, type EtcdHost } from "./read";

/** The store's etcd cluster, asked through the hosts that are reached. Throws if none of the nodes runs a member. */
export async function reachEtcd(
  connections: Connections,
): Promise<EtcdCluster> {
  const { store, clock } = connections.work;
  const inventory = store.inventory();
  const place = etcdPlace(inventory, hostedNodes(inventory));
  if (!place) throw noEtcdMember(store.shown());
  const hosts = await Promise.all(
    place.nodes.map((node) => reached(node, connections)),
  );
  return new EtcdCluster(hosts, place.etcd, { store, clock });
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
