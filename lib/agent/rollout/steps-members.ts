import { elapsed } from "../../base/clock";
import { ETCD } from "../../catalog/etcd";
import type { Member } from "../cluster/etcd";
import { componentsAfter } from "./delivery";
import type { LiveCluster } from "./live-cluster";
import type { LiveNode } from "./live-node";
import type { EtcdMembers } from "./members";

/** The node's etcd member and all members, as the majority knows them now. */
async function membershipOf(cluster: LiveCluster, name: string) {
  const members = cluster.members as EtcdMembers;
  const agreed: readonly Member[] = (await members.agreedMembers()) ?? [];
  return { members, agreed, member: cluster.memberOf(name, agreed) };
}

export async function removeMember(
  name: string,
  cluster: LiveCluster,
): Promise<void> {
  const { members, member } = await membershipOf(cluster, name);
  if (member) await members.remove(member);
  const { say } = cluster.session.work;
  if (cluster.nodes.some((node) => node.name === name))
    say(`${name}: its etcd data are gone, so its old member was removed`);
  else if (cluster.isReached(name)) say(`${name}: removed from etcd`);
  else say(`${name}: not reached, removed from etcd`);
}

export async function addLearner(
  { request, name }: LiveNode,
  cluster: LiveCluster,
): Promise<void> {
  const { members } = await membershipOf(cluster, name);
  await members.addLearner(request);
}

/** Starts etcd as a learner. If the host has the data of this membership already, etcd continues with it. */
export async function startLearner(
  node: LiveNode,
  cluster: LiveCluster,
): Promise<void> {
  const { members, agreed } = await membershipOf(cluster, node.name);
  const initialCluster = members.initialCluster(node.request, agreed);
  if (!node.hasEtcdData) node.join({ initialCluster });
  await node.deliver({ without: componentsAfter(node.request, ETCD.id) });
}

export async function promote(
  { name }: LiveNode,
  cluster: LiveCluster,
): Promise<void> {
  const { members, member } = await membershipOf(cluster, name);
  if (member?.isLearner) await members.promote(member.id, name);
  const { clock, say } = cluster.session.work;
  say(`${name}: joined etcd after ${elapsed(clock, cluster.startTime(name))}`);
}
