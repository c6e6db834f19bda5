import { otherLearner, noEtcdData, noQuorum, quorumAtRisk } from "./errors";
import { emptyFirst } from "./planner-drain";
import { PATIENCE, removal, spareMembers } from "./quorum";
import { stepOf } from "./step";
import {
  type ClusterView,
  type Move,
  restartsEtcd,
  isDone,
  isHealthy,
  type NodeView,
  reachedNodes,
  type Stage,
  unfinished,
} from "./view";
import { hasChanges } from "./changes";

const namesOf = (nodes: readonly NodeView[]): string[] =>
  nodes.map(({ name }) => name);

/** Whether a node has no member of our etcd, and so changes after the nodes that have one. */
const lacksMember = ({ etcd }: ClusterView, { runs }: NodeView): boolean =>
  etcd !== undefined && !runs.etcd;

/**
 * Whether a node can be changed in place: a voting member that has its data, or that has never started. Any other etcd
 * node has to join first.
 */
function canChangeInPlace({ etcd }: ClusterView, node: NodeView): boolean {
  const { runs, member, hasEtcdData } = node;
  if (!etcd || !runs.etcd) return true;
  return (
    member !== undefined && !member.learner && (hasEtcdData || !member.started)
  );
}

/**
 * Removes members whose machines are gone before new members join, because etcd would count them for its quorum. A
 * learner that leaves is removed here too, because etcd allows one learner at a time.
 */
export const removeGoneMembers: Stage = ({ etcd, established, nodes }) => {
  if (!etcd?.hasQuorum || !established) return undefined;
  const gone = nodes.find(
    ({ status, reached, member }) =>
      status !== "stays" && member && (!reached || member.learner),
  );
  return gone && removal(gone, etcd);
};

/**
 * If nothing is up there is nothing to lose, so all nodes start at once: etcd first, then the rest, each node
 * independently. A component that starts before its dependencies would crash, and kubelet would wait longer before each
 * retry.
 */
export const bringUp: Stage = (view) => {
  const { etcd, established } = view;
  const started = unfinished(view).filter(({ name }) =>
    isDone(view, "start etcd", name),
  );
  if (started.length > 0) {
    if (etcd && !etcd.hasQuorum)
      return { refusal: noQuorum(etcd.healthy), patience: PATIENCE };
    const next = unfinished(view).filter(
      (node) => started.includes(node) || !node.runs.etcd,
    );
    return { step: stepOf("start", next) };
  }
  // A loss in the middle of a rollout is no reason to change all nodes at once.
  const isBegun = view.done.some(
    ({ kind }) => kind !== "prepare" && kind !== "remove member",
  );
  const isUp = etcd
    ? etcd.hasQuorum
    : established && reachedNodes(view).some(isHealthy);
  if (isBegun || isUp) return undefined;
  const members = reachedNodes(view).filter(({ runs }) => runs.etcd);
  if (etcd && established && hasLostData(members))
    return { refusal: noEtcdData(namesOf(members)) };
  const known = reachedNodes(view).filter(
    ({ runs, hasEtcdData }) =>
      !etcd || !runs.etcd || hasEtcdData || !established,
  );
  if (known.every((node) => isHealthy(node) && !hasChanges(node)))
    return undefined;
  const first = etcd ? known.filter(({ runs }) => runs.etcd) : [];
  return {
    step:
      first.length > 0 ? stepOf("start etcd", first) : stepOf("start", known),
  };
};

/** No reached member has data from which the others could recover. */
const hasLostData = (members: readonly NodeView[]): boolean =>
  members.length > 0 && !members.some(({ hasEtcdData }) => hasEtcdData);

/** Refuses to continue without a majority: the following stages rely on the member list that the majority agrees on. */
export const requireQuorum: Stage = (view) => {
  const { etcd } = view;
  if (!etcd || etcd.hasQuorum) return undefined;
  const waiting = unfinished(view).some(
    (node) =>
      hasChanges(node) ||
      !isHealthy(node) ||
      (node.runs.etcd && !node.hasEtcdData),
  );
  return waiting
    ? { refusal: noQuorum(etcd.healthy), patience: PATIENCE }
    : undefined;
};

/** Changes existing members, and all nodes if etcd is external. */
export const changeMembers: Stage = (view) =>
  changeNodes(
    view,
    unfinished(view).filter(
      (node) =>
        !lacksMember(view, node) &&
        canChangeInPlace(view, node) &&
        !isJoining(view, node),
    ),
  );

/** Changes API servers without an etcd member last: a learner refuses their requests. */
export const changeOthers: Stage = (view) =>
  changeNodes(
    view,
    unfinished(view).filter((node) => lacksMember(view, node)),
  );

/**
 * Changes unhealthy nodes first, one by one, because nothing is lost there except perhaps a healthy etcd member. Then
 * changes nodes that differ, `maxUnavailable` at a time but never more than etcd can spare.
 */
function changeNodes(
  view: ClusterView,
  nodes: readonly NodeView[],
): Move | undefined {
  const unhealthy = nodes.find((node) => !isHealthy(node));
  const next = unhealthy ? [unhealthy] : nodes.filter(hasChanges);
  if (next.length === 0) return undefined;
  const { etcd, maxUnavailable } = view;
  if (!etcd || !next.some(restartsEtcd))
    return changed(view, next.slice(0, maxUnavailable));
  const spare = spareMembers(etcd);
  return spare === 0
    ? {
        refusal: quorumAtRisk(namesOf(next), etcd.healthy.length, etcd.voters),
        patience: PATIENCE,
      }
    : changed(view, next.slice(0, Math.min(maxUnavailable, spare)));
}

const changed = (view: ClusterView, nodes: readonly NodeView[]): Move =>
  emptyFirst(view, nodes) ?? { step: stepOf("change", nodes) };

const isJoining = (view: ClusterView, { name }: NodeView): boolean =>
  isDone(view, "start learner", name);

/**
 * Joins new nodes to an etcd that is running, one after the other: first as a learner, which does not vote until it has
 * caught up.
 */
export const joinMembers: Stage = (view) => {
  const { etcd, nodes } = view;
  if (!etcd?.hasQuorum) return undefined;
  const joining = unfinished(view).filter(
    (node) =>
      node.runs.etcd &&
      (isJoining(view, node) || !canChangeInPlace(view, node)),
  );
  const node =
    joining.find((each) => isJoining(view, each)) ??
    joining.find(({ member }) => member?.learner) ??
    joining[0];
  if (!node) return undefined;
  const { member, hasEtcdData } = node;
  if (isJoining(view, node))
    return { step: stepOf(member?.learner ? "promote" : "start", [node]) };
  if (member?.started && !hasEtcdData) return removal(node, etcd);
  if (member) return { step: stepOf("start learner", [node]) };
  const other = nodes.find((each) => each.member?.learner);
  if (other) return { refusal: otherLearner(node.name, other.name) };
  return {
    step: stepOf(hasEtcdData ? "set data aside" : "add learner", [node]),
  };
};
