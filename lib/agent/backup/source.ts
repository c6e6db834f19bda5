import { AgentError } from "../../base/errors";
import type { EtcdRequest, NodeRequest } from "../../request/request";
import { hasEtcd } from "../../request/roles";
import { hostedNodes } from "../../store/inventory";
import type { Connections } from "../cluster/connections";
import { EtcdClient } from "../cluster/etcd";
import { etcdServer } from "../cluster/etcd-server";
import { noEtcdOfOurs, noHealthyMember } from "./errors";

/** A healthy member that gives a snapshot. */
export interface SnapshotSource {
  readonly node: string;
  readonly client: EtcdClient;
  /** Its release: `3.6.8`. */
  readonly version: string;
  readonly clusterId: string;
  /** The names of all members. */
  readonly members: readonly string[];
}

/** What a member says of itself, for the choice between them. */
export interface Candidate {
  readonly node: string;
  readonly isLeader: boolean;
  readonly isLearner: boolean;
  /** Why it is not healthy. */
  readonly problem?: string;
}

/** The member that gives the snapshot: a follower, because the leader has more to do. `undefined`: none is healthy. */
export function chooseMember<T extends Candidate>(
  candidates: readonly T[],
): T | undefined {
  const healthy = candidates.filter(
    ({ problem, isLearner }) => problem === undefined && !isLearner,
  );
  return healthy.find(({ isLeader }) => !isLeader) ?? healthy[0];
}

/** Asks all members of the store's cluster, and chooses one. */
export async function snapshotSource(
  connections: Connections,
): Promise<SnapshotSource> {
  const { store } = connections.work;
  const inventory = store.inventory();
  const nodes = hostedNodes(inventory).filter(hasEtcd);
  const etcd = inventory?.etcd;
  if (etcd === undefined || nodes.length === 0)
    throw noEtcdOfOurs(store.shown());
  const asked = await Promise.all(
    nodes.map((node) => ask(node, etcd, connections)),
  );
  const chosen = chooseMember(asked);
  if (chosen?.client === undefined)
    throw noHealthyMember(
      asked.map(
        ({ node, problem }) => `${node}: ${problem ?? "it is a learner"}`,
      ),
    );
  const members = await chosen.client.members();
  const { node, client, version, clusterId } = chosen;
  return {
    node,
    client,
    version,
    clusterId,
    members: members.map(({ name }) => name).sort(),
  };
}

interface Asked extends Candidate {
  readonly client?: EtcdClient;
  readonly version: string;
  readonly clusterId: string;
}

async function ask(
  request: NodeRequest,
  etcd: EtcdRequest,
  connections: Connections,
): Promise<Asked> {
  const { name: node } = request;
  const unknown = { node, isLeader: false, isLearner: false };
  const failed = { ...unknown, version: "", clusterId: "" };
  const host = await connections.hostIfReachable(request);
  if (!host) return { ...failed, problem: "its host is not reached" };
  const { store, clock } = connections.work;
  const server = etcdServer({ name: node, host, request }, etcd, store);
  const client = new EtcdClient(server, clock);
  try {
    const {
      header,
      version,
      leader,
      isLearner = false,
    } = await client.status();
    const problem = await client.problem();
    return {
      node,
      client,
      version,
      clusterId: header.cluster_id,
      isLeader: leader === header.member_id,
      isLearner,
      ...(problem !== undefined && { problem }),
    };
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return { ...failed, problem: error.message.split("\n")[0] };
  }
}
