import type { KubernetesApi } from "../cluster/api";
import { cordon, deleteNode, drain } from "../cluster/nodes";
import { forgetHostKey } from "../hosts/known-hosts";
import type { NodeRequest, RolloutRequest } from "../../request/request";
import { removeTree } from "./directory";
import {
  hostedNode,
  leftNodes,
  ownNodes,
  withNode,
} from "../../store/inventory";
import type { EtcdMembers } from "./members";
import { resetHost } from "./reset-host";
import { hasEtcd, hasKubelet } from "./roles";
import type { Reached, Session } from "./session";

/** Seconds that a control-plane node which leaves may take to be drained. */
const DRAIN = 60;

/** A member that is gone for good is in the way of those that come: etcd would count it. */
export async function leaveDead(
  request: RolloutRequest,
  members: EtcdMembers,
  reached: readonly Reached[],
  session: Session,
): Promise<void> {
  const agreed = await members.agreed();
  if (!agreed) return;
  const gone = leftNodes(request, session.inventory);
  const unreached = reached.flatMap((each) =>
    "failure" in each && each.request.retire ? [each.request.name] : [],
  );
  for (const name of [...gone, ...unreached]) {
    const node = session.inventory.nodes?.[name];
    const hosted = node && hostedNode(name, node);
    const member = agreed.find((each) => each.name === name);
    if (!hosted || !member || (await session.hostIfThere(hosted))) continue;
    await members.remove(member, name);
    session.work.say(`${name}: gone, removed from etcd`);
  }
}

interface Cluster {
  readonly api: KubernetesApi;
  readonly members?: EtcdMembers;
}

/** Those that left the program, and those that are to leave while their machines exist. */
export async function leaveAll(
  request: RolloutRequest,
  session: Session,
  cluster: Cluster | undefined,
): Promise<void> {
  const { store, say } = session.work;
  const left = leftNodes(request, session.inventory);
  const retiring = ownNodes(request).filter(
    ({ name, retire, access }) =>
      retire &&
      !session.inventory.nodes?.[name]?.retired &&
      access.kind !== "directory",
  );
  // Before the first is drained: none gets the pods of another.
  const leaving = [...left, ...retiring.map((node) => node.name)];
  for (const name of leaving)
    if (cluster && hasKubelet(session.inventory.nodes?.[name] ?? {}))
      await cordon(cluster.api, name);
  for (const name of left) {
    const node = session.inventory.nodes?.[name];
    const hosted = node && hostedNode(name, node);
    if (hosted && !node.retired) await leave(hosted, request, session, cluster);
    removeTree(name, store, say);
    // Whoever gets this name next is another machine.
    forgetHostKey(store.at("known_hosts"), name);
    await session.keep(withNode(session.inventory, name, undefined));
  }
  for (const node of retiring) {
    await leave(node, request, session, cluster);
    await session.keep(
      withNode(session.inventory, node.name, {
        member: undefined,
        tree: undefined,
        retired: true,
      }),
    );
  }
}

async function leave(
  node: NodeRequest,
  request: RolloutRequest,
  session: Session,
  cluster: Cluster | undefined,
): Promise<void> {
  const { say } = session.work;
  const { name } = node;
  const host = await session.hostIfThere(node);
  if (cluster) {
    const { api, members } = cluster;
    if (host && hasKubelet(node))
      await drain(api, name, {
        timeout: request.pool?.drainTimeout ?? DRAIN,
        say,
      });
    const member = (await members?.agreed())?.find(
      (each) => each.name === name,
    );
    if (member) await members?.remove(member, name);
    if (hasKubelet(node)) await deleteNode(api, name);
  }
  const etcd = hasEtcd(node) ? request.etcd : undefined;
  const wasTouched =
    host &&
    (await resetHost(
      host,
      node,
      etcd && { dataDir: etcd.dataDir, data: "aside" },
    ));
  say(
    host
      ? `${name}: left the cluster, its host ${wasTouched ? "is cleaned" : "was never brought anything and stays as it is"}`
      : `${name}: left the cluster; its host is not reached and was not cleaned`,
  );
}
