import { AgentError } from "../../base/errors";
import type { EtcdRequest, NodeRequest } from "../../request/request";
import { hasApiServer, hasEtcd } from "../../request/roles";
import type { KubernetesApi } from "../cluster/api";
import type { Connections } from "../cluster/connections";
import { EtcdCluster } from "../etcd/read";
import { treeOf } from "../hosts/tree";
import { deprecatedIn, readClusterObjects } from "./cluster-objects";
import { type ReachedNode, seenMembers } from "./members";
import type { SeenCluster, SeenHost, Unasked } from "./seen";
import { settingsOf } from "./settings";

interface Asked {
  readonly connections: Connections;
  /** The nodes of the control plane that are reached, and the hosts of a dedicated etcd. */
  readonly nodes: readonly ReachedNode[];
  /** The other nodes of the control plane. */
  readonly unreached: readonly NodeRequest[];
  /** The workers whose node trees are in the store. */
  readonly workers: readonly NodeRequest[];
  readonly hosts: readonly SeenHost[];
  /** Absent with an external etcd. */
  readonly etcd?: EtcdRequest;
}

/** Asks a cluster all that an upgrade depends on. It changes nothing. */
export async function seeCluster({
  connections,
  nodes,
  unreached,
  workers,
  hosts,
  etcd,
}: Asked): Promise<SeenCluster> {
  const { store, clock } = connections.work;
  const serving = nodes.filter(({ request }) => hasApiServer(request));
  const [apis, members] = await Promise.all([
    Promise.all(serving.map((node) => askApiServer(node, connections))),
    etcd
      ? new EtcdCluster(
          [
            ...nodes.map(({ request, host }) => ({
              name: request.name,
              request,
              host,
            })),
            ...unreached.map((request) => ({ request, failure: UNREACHED })),
          ].filter(({ request }) => hasEtcd(request)),
          etcd,
          { store, clock },
        )
          .state()
          .then(seenMembers)
      : [],
  ]);
  const first = apis.find(({ api }) => api !== undefined)?.api;
  const { objects, unasked } = await askCluster(first);
  return {
    ...objects,
    apiServers: apis.map(({ seen }) => seen),
    requests: apis.flatMap(({ requests }) => requests),
    members,
    hosts,
    settings: [
      ...[
        ...nodes.map(({ request }) => request),
        ...unreached,
        ...workers,
      ].flatMap((request) => settingsOf(request, treeOf(store, request.name))),
      ...objects.settings,
    ],
    unasked,
  };
}

const UNREACHED = "its host is not reached";

/** Each API server knows only of the requests to itself. */
async function askApiServer(
  { request }: ReachedNode,
  connections: Connections,
): Promise<{
  readonly api?: KubernetesApi;
  readonly seen: SeenCluster["apiServers"][number];
  readonly requests: SeenCluster["requests"];
}> {
  const { name: node } = request;
  try {
    const api = await connections.api([request]);
    const [release, metrics] = await Promise.all([
      api.version(),
      api.metrics(),
    ]);
    const requests = deprecatedIn(metrics, node);
    return { api, seen: { node, release }, requests };
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return { seen: { node, problem: reasonOf(error, node) }, requests: [] };
  }
}

const NOTHING = {
  nodes: [],
  proxies: [],
  budgets: [],
  definitions: [],
  settings: [],
};

async function askCluster(api: KubernetesApi | undefined): Promise<{
  readonly objects: Awaited<ReturnType<typeof readClusterObjects>>;
  readonly unasked: readonly Unasked[];
}> {
  const about = "the objects of the cluster";
  if (api === undefined) {
    const reason = "no API server answers";
    return { objects: NOTHING, unasked: [{ about, reason }] };
  }
  try {
    return { objects: await readClusterObjects(api), unasked: [] };
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return { objects: NOTHING, unasked: [{ about, reason: reasonOf(error) }] };
  }
}

/** The line of an error that gives the reason, without the name of the node that is said anyway. */
const reasonOf = ({ message }: AgentError, node = ""): string => {
  const lines = message.split("\n");
  const own = lines.find((line) => line.includes(`${node}: `)) ?? lines[0];
  return node === "" ? own : own.replace(/^.*?: /, "");
};
