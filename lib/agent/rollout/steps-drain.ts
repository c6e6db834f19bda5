import { withNode } from "../../store/inventory";
import { drain, uncordon } from "../cluster/drain";
import { podsNotMoved } from "./errors";
import type { LiveCluster } from "./live-cluster";

/** Seconds that draining a node may take if its pool does not say another time. */
export const DRAIN_TIMEOUT = 60;

/** Moves the pods away from a node that changes next. If that cannot be done, the node is as it was before. */
export async function emptyNode(
  name: string,
  cluster: LiveCluster,
): Promise<void> {
  const { request, session } = cluster;
  const api = await cluster.api();
  // Recorded first: if this run is killed, the next one lets pods be scheduled there again.
  await record(name, true, cluster);
  const timeout = request.pool?.drainTimeout ?? DRAIN_TIMEOUT;
  const left = await drain(api, name, { timeout, say: session.work.say });
  if (left.length === 0) return;
  await fillNode(name, cluster);
  throw podsNotMoved(name, left, timeout);
}

export async function fillNode(
  name: string,
  cluster: LiveCluster,
): Promise<void> {
  await uncordon(await cluster.api(), name);
  await record(name, undefined, cluster);
}

const record = (
  name: string,
  emptied: true | undefined,
  { session }: LiveCluster,
): Promise<void> =>
  session.saveInventory(withNode(session.inventory, name, { emptied }));
