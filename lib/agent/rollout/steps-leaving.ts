import { cordon, drain } from "../cluster/drain";
import { deleteNode } from "../cluster/nodes";
import { forgetHostKey } from "../hosts/known-hosts";
import { removeTree } from "./directory";
import { successorOf, withNode } from "../../store/inventory";
import { isHosted, type LiveCluster } from "./live-cluster";
import { resetHost } from "./reset-host";
import { DRAIN_TIMEOUT } from "./steps-drain";
import { hasEtcd, hasKubelet } from "../../request/roles";

export async function cordonNodes(
  names: readonly string[],
  cluster: LiveCluster,
): Promise<void> {
  const api = await cluster.api();
  for (const name of names) await cordon(api, name);
}

export async function drainNode(
  name: string,
  cluster: LiveCluster,
): Promise<void> {
  const { request, session } = cluster;
  await drain(await cluster.api(), name, {
    timeout: request.pool?.drainTimeout ?? DRAIN_TIMEOUT,
    say: session.work.say,
  });
}

/** Cleans the host of a node that has left etcd, and forgets the node if the program no longer lists it. */
export async function leaveCluster(
  name: string,
  cluster: LiveCluster,
): Promise<void> {
  const { session } = cluster;
  const { store, say } = session.work;
  if (!session.inventory.nodes?.[name]?.retired) await clean(name, cluster);
  if (!cluster.hasLeft(name))
    return session.saveInventory(
      withNode(session.inventory, name, {
        member: undefined,
        tree: undefined,
        retired: true,
      }),
    );
  removeTree(name, store, say);
  // The next node of this name is another machine, with another key.
  forgetHostKey(store.at("known_hosts"), name);
  await session.saveInventory(withNode(session.inventory, name, undefined));
}

async function clean(name: string, cluster: LiveCluster): Promise<void> {
  const { request, session } = cluster;
  const node = cluster.requestOf(name);
  if (!node) return;
  if (isHosted(request) && hasKubelet(node))
    await deleteNode(await cluster.api(), name);
  const successor = successorOf(name, session.inventory, cluster.hasLeft);
  if (successor !== undefined)
    return session.work.say(
      `${name}: left the cluster; its host is not cleaned, because it is ${successor} now`,
    );
  const etcd = hasEtcd(node) ? request.etcd : undefined;
  const host = await session.hostIfReachable(node);
  const wasTouched =
    host &&
    (await resetHost(
      host,
      node,
      etcd && { dataDir: etcd.dataDir, data: "aside" },
    ));
  session.work.say(
    host
      ? `${name}: left the cluster; ${wasTouched ? "its host was cleaned" : "nothing was ever delivered to its host, so the host stays as it is"}`
      : `${name}: left the cluster; its host is not reached, so it was not cleaned`,
  );
}
