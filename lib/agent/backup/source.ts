import type { EtcdState } from "../../request/etcd-care";
import type { Connections } from "../cluster/connections";
import type { EtcdClient } from "../cluster/etcd";
import { reachEtcd } from "../etcd/reach";
import { type AnsweringMember, answering, leaderOf } from "../etcd/state";
import { noHealthyMember } from "./errors";

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

/** The member that gives the snapshot: a follower, because the leader has more to do. `undefined`: none is healthy. */
export function chooseMember(state: EtcdState): AnsweringMember | undefined {
  const healthy = answering(state).filter(
    ({ problem, isLearner }) => problem === undefined && !isLearner,
  );
  const leader = leaderOf(state);
  return healthy.find(({ id }) => id !== leader?.id) ?? healthy[0];
}

/** Asks all members of the store's cluster, and chooses one. */
export async function snapshotSource(
  connections: Connections,
): Promise<SnapshotSource> {
  const cluster = await reachEtcd(connections);
  const state = await cluster.state();
  const chosen = chooseMember(state);
  if (!chosen)
    throw noHealthyMember(
      state.members.map(
        ({ name, problem }) => `${name}: ${problem ?? "it is a learner"}`,
      ),
    );
  const { name: node, status } = chosen;
  return {
    node,
    client: cluster.client(node),
    version: status.version,
    clusterId: status.clusterId,
    members: state.members.map(({ name }) => name).sort(),
  };
}
