import type { KubernetesApi } from "../cluster/api";
import { isReady, NODE_OBJECT } from "../cluster/nodes";
import { waitFor } from "../cluster/retry";
import { noPodAddresses, notReady, podRoutesFailed } from "./errors";
import { deliver, differences, readHost } from "../hosts/delivery";
import type { NodeRequest } from "../../request/request";
import type { LiveCluster } from "./live-cluster";
import type { LiveNode } from "./live-node";
import {
  type Peer,
  peerOf,
  POD_NETWORK_FILES,
  podNetworkFiles,
  startPodRoutes,
} from "./pod-network-files";
import { hostedNodes } from "../../store/inventory";
import { hasKubelet } from "../../request/roles";
import type { Session } from "./session";

/** Milliseconds until the controller manager has given every node its block, and until a node is ready with it. */
const PATIENCE = 120_000;
/** Milliseconds after which it is worth a line that a node isn't Ready. */
const NEWS = 10_000;

/** Gives every host its bridge and its routes: a node that came or went changes those of all others. */
export async function bringPodNetwork(cluster: LiveCluster): Promise<void> {
  const { request, session } = cluster;
  const nodes = cluster.nodes.filter((node) => hasKubelet(node.request));
  const api = await cluster.api();
  const peers = await peersOf(api, nodes);
  const podSubnets = request.podNetwork?.podSubnets ?? [];
  await Promise.all(
    hostedNodes(session.inventory).map((node) =>
      bringTo(node, peers, podSubnets, session),
    ),
  );
  for (const { name } of nodes) await untilReady(api, name, session.work.say);
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

async function bringTo(
  node: NodeRequest,
  peers: readonly Peer[],
  podSubnets: readonly string[],
  session: Session,
): Promise<void> {
  const peer = peers.find(({ name }) => name === node.name);
  const host = peer && (await session.hostIfReachable(node));
  // One that is down gets its routes with the rollout that brings it back.
  if (!host) return;
  const state = await readHost(host, POD_NETWORK_FILES);
  const wanted = podNetworkFiles(peer, peers, podSubnets);
  const { changed } = differences(wanted, state);
  if (changed.length === 0) return;
  const listed = new Set([...state.delivered, ...POD_NETWORK_FILES]);
  await deliver(host, { changed, removed: [], listed: [...listed] });
  const problem = await startPodRoutes(host);
  if (problem !== undefined) throw podRoutesFailed(node.name, problem);
  session.work.say(`${node.name}: pod network ${peer.podCidrs.join(", ")}`);
}

async function untilReady(
  api: KubernetesApi,
  name: string,
  say: (line: string) => void,
): Promise<void> {
  const { clock } = api;
  const start = clock.now();
  let reason = "";
  let said = false;
  const ready = await waitFor(api.clock, PATIENCE, async () => {
    const node = await api.get(
      { apiVersion: "v1", kind: "Node", name },
      NODE_OBJECT,
    );
    if (node && isReady(node)) return true;
    const condition = node?.status?.conditions?.find(
      ({ type }) => type === "Ready",
    );
    reason = condition?.message ?? "it is not registered";
    if (clock.now() - start > NEWS && !said) {
      say(`${name}: not Ready yet: ${reason}`);
      said = true;
    }
    return undefined;
  });
  if (!ready) throw notReady(name, reason);
}
