import type { KubernetesApi } from "../cluster/api";
import { isReady, NODE_OBJECT } from "../cluster/nodes";
import { waitFor } from "../cluster/retry";
import { noPodAddresses, notReady, podRoutesFailed } from "./errors";
import { deliver, differences, readHost } from "../hosts/delivery";
import type { Host, HostFile } from "../hosts/host";
import type { NodeRequest } from "../../request/request";
import type { LiveCluster } from "./live-cluster";
import type { LiveNode } from "./live-node";
import {
  type Peer,
  peerOf,
  POD_NETWORK_FILES,
  POD_ROUTES_STAMP,
  podNetworkFiles,
  startPodRoutes,
} from "./pod-network-files";
import { hostedNodes } from "../../store/inventory";
import { hasKubelet } from "../../request/roles";
import type { Session } from "./session";

/** Milliseconds that the controller manager may take to assign addresses to every node, and a node to become Ready. */
const PATIENCE = 120_000;
/** The same for a network whose images each node pulls first. */
const PATIENCE_WITH_PULL = 600_000;
/** Milliseconds after which a line says that a node is not Ready yet. */
const SAY_AFTER = 10_000;

/**
 * Sets up the bridge and the routes on every host of the cluster: a node that joins or leaves changes the routes of all
 * others.
 */
export async function setUpPodNetwork(cluster: LiveCluster): Promise<void> {
  const { request, session } = cluster;
  const nodes = cluster.nodes.filter((node) => hasKubelet(node.request));
  const api = await cluster.api();
  const peers = await peersOf(api, nodes);
  const { podSubnets = [], isPrivate } = request.podNetwork ?? {};
  const filesOf = (peer: Peer): HostFile[] =>
    podNetworkFiles(peer, peers, podSubnets, isPrivate);
  await Promise.all(
    hostedNodes(session.inventory).map((node) =>
      setUpOn(node, peers, filesOf, session),
    ),
  );
  for (const { name } of nodes)
    await waitUntilReady(api, name, session.work.say, PATIENCE);
}

/** Waits for a pod network whose manifests were applied. */
export async function awaitPodNetwork(cluster: LiveCluster): Promise<void> {
  const { say } = cluster.session.work;
  const api = await cluster.api();
  for (const { name, request } of cluster.nodes)
    if (hasKubelet(request))
      await waitUntilReady(api, name, say, PATIENCE_WITH_PULL);
}

async function peersOf(
  api: KubernetesApi,
  own: readonly LiveNode[],
): Promise<Peer[]> {
  let without: LiveNode | undefined;
  const peers = await waitFor(api.clock, PATIENCE, async () => {
    const nodes = await api.list(
      { apiVersion: "v1", kind: "Node" },
      {},
      NODE_OBJECT,
    );
    const found = nodes.flatMap((node) => peerOf(node) ?? []);
    without = own.find(({ name }) => !found.some((peer) => peer.name === name));
    return without ? undefined : found;
  });
  if (!peers) throw noPodAddresses(without?.name ?? "");
  return peers;
}

async function setUpOn(
  node: NodeRequest,
  peers: readonly Peer[],
  filesOf: (peer: Peer) => readonly HostFile[],
  session: Session,
): Promise<void> {
  const peer = peers.find(({ name }) => name === node.name);
  const host = peer && (await session.hostIfReachable(node));
  // A host that is down gets its routes from the rollout that brings it back.
  if (!host) return;
  if (await setUpOnHost(host, filesOf(peer)))
    session.work.say(`${node.name}: pod network ${peer.podCidrs.join(", ")}`);
}

/** Delivers the files of the pod network and starts its routes; returns whether anything had to be done. */
export async function setUpOnHost(
  host: Host,
  wanted: readonly HostFile[],
): Promise<boolean> {
  const state = await readHost(host, [...POD_NETWORK_FILES, POD_ROUTES_STAMP]);
  const { changed } = differences(wanted, state);
  if (changed.length === 0 && state.files.has(POD_ROUTES_STAMP)) return false;
  const listed = [...new Set([...state.delivered, ...POD_NETWORK_FILES])];
  // Without its stamp, the unit is started by the next run if this one is killed before starting it.
  await deliver(host, { changed, removed: [POD_ROUTES_STAMP], listed });
  const problem = await startPodRoutes(host);
  if (problem !== undefined) throw podRoutesFailed(host.name, problem);
  return true;
}

async function waitUntilReady(
  api: KubernetesApi,
  name: string,
  say: (line: string) => void,
  patience: number,
): Promise<void> {
  const { clock } = api;
  const start = clock.now();
  let reason = "";
  let said = false;
  const ready = await waitFor(clock, patience, async () => {
    const node = await api.get(
      { apiVersion: "v1", kind: "Node", name },
      NODE_OBJECT,
    );
    if (node && isReady(node)) return true;
    const condition = node?.status?.conditions?.find(
      ({ type }) => type === "Ready",
    );
    reason = condition?.message ?? "it is not registered";
    if (clock.now() - start > SAY_AFTER && !said) {
      say(`${name}: not Ready yet: ${reason}`);
      said = true;
    }
    return undefined;
  });
  if (!ready) throw notReady(name, reason);
}
