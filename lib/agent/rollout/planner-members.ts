import { otherLearner, noEtcdData, noMajority, quorumAtStake } from "./errors";
import { PATIENCE, removal, spareMembers } from "./quorum";
import { stepOf } from "./step";
import {
  type ClusterView,
  type Move,
  endsEtcd,
  isDone,
  isFinished,
  isHealthy,
  type NodeView,
  reachedNodes,
  type Stage,
} from "./view";
import { differs } from "./changes";

const namesOf = (nodes: readonly NodeView[]): string[] =>
  nodes.map(({ name }) => name);

/** Those that this rollout has yet to bring to their trees. */
const unfinished = (view: ClusterView): NodeView[] =>
  reachedNodes(view).filter((node) => !isFinished(view, node));

/** With an etcd that is somebody else's, every node is as good as a member. */
const isFirst = ({ etcd }: ClusterView, { runs }: NodeView): boolean =>
  etcd === undefined || runs.etcd;

/** A member that has its data, or has never begun, can be changed where it is. Any other has to join. */
function isKnown({ etcd }: ClusterView, node: NodeView): boolean {
  const { runs, member, hasEtcdData } = node;
  if (!etcd || !runs.etcd) return true;
  return (
    member !== undefined && !member.learner && (hasEtcdData || !member.started)
  );
}

/**
 * A member whose machine is gone for good is in the way of those that come, because etcd would count it. So is a
 * learner that leaves: etcd takes one at a time.
 */
export const removeDead: Stage = ({ etcd, established, nodes }) => {
  if (!etcd?.hasQuorum || !established) return undefined;
  const dead = nodes.find(
    ({ place, reached, member }) =>
      place !== "stays" && member && (!reached || member.learner),
  );
  return dead && removal(dead, etcd);
};

/**
 * Where nothing is up there is nothing to lose: all nodes at once, etcd first, then each node in its own time. A
 * component that starts before what it needs would crash, and wait longer and longer before each further try.
 */
export const bringUp: Stage = (view) => {
  const { etcd, established } = view;
  const begun = unfinished(view).filter(({ name }) =>
    isDone(view, "start etcd", name),
  );
  if (begun.length > 0) {
    if (etcd && !etcd.hasQuorum)
      return { refusal: noMajority(etcd.healthy), patience: PATIENCE };
    const others = unfinished(view).filter(({ runs }) => !runs.etcd);
    return { step: stepOf("start", inOrder(view, [...begun, ...others])) };
  }
  // What is lost in the middle of a rollout is no reason to touch all at once.
  const isBegun = view.done.some(
    ({ kind }) => kind !== "prepare" && kind !== "remove member",
  );
  const isUp = etcd
    ? etcd.hasQuorum
    : established && reachedNodes(view).some(isHealthy);
  if (isBegun || isUp) return undefined;
  const members = reachedNodes(view).filter(({ runs }) => runs.etcd);
  if (etcd && established && isLost(members))
    return { refusal: noEtcdData(namesOf(members)) };
  const known = reachedNodes(view).filter(
    ({ runs, hasEtcdData }) =>
      !etcd || !runs.etcd || hasEtcdData || !established,
  );
  if (known.every((node) => isHealthy(node) && !differs(node)))
    return undefined;
  const first = etcd ? known.filter(({ runs }) => runs.etcd) : [];
  return {
    step:
      first.length > 0 ? stepOf("start etcd", first) : stepOf("start", known),
  };
};

/** Nobody is left who could tell others what etcd held. */
const isLost = (members: readonly NodeView[]): boolean =>
  members.length > 0 && !members.some(({ hasEtcdData }) => hasEtcdData);

const inOrder = ({ nodes }: ClusterView, some: readonly NodeView[]) =>
  nodes.filter((node) => some.includes(node));

/** What comes now is decided by what the majority of etcd's members knows. */
export const needMajority: Stage = (view) => {
  const { etcd } = view;
  if (!etcd || etcd.hasQuorum) return undefined;
  const waiting = unfinished(view).some(
    (node) =>
      differs(node) ||
      !isHealthy(node) ||
      (node.runs.etcd && !node.hasEtcdData),
  );
  return waiting
    ? { refusal: noMajority(etcd.healthy), patience: PATIENCE }
    : undefined;
};

/** The members that are there, and with an etcd that is somebody else's every node. */
export const changeMembers: Stage = (view) =>
  change(
    view,
    unfinished(view).filter(
      (node) =>
        isFirst(view, node) && isKnown(view, node) && !isJoining(view, node),
    ),
  );

/** API servers on hosts of their own come last: a learner refuses what they ask of it. */
export const changeOthers: Stage = (view) =>
  change(
    view,
    unfinished(view).filter((node) => !isFirst(view, node)),
  );

/**
 * Unhealthy nodes come first, one by one; but for their etcd they have nothing to lose. Then those that differ, as many
 * at once as may be unavailable, and never more than etcd can spare.
 */
function change(
  view: ClusterView,
  nodes: readonly NodeView[],
): Move | undefined {
  const unhealthy = nodes.find((node) => !isHealthy(node));
  const next = unhealthy ? [unhealthy] : nodes.filter(differs);
  if (next.length === 0) return undefined;
  const { etcd, maxUnavailable } = view;
  if (!etcd || !next.some(endsEtcd))
    return { step: stepOf("change", next.slice(0, maxUnavailable)) };
  const spare = spareMembers(etcd);
  return spare === 0
    ? {
        refusal: quorumAtStake(namesOf(next), etcd.healthy.length, etcd.voters),
        patience: PATIENCE,
      }
    : {
        step: stepOf("change", next.slice(0, Math.min(maxUnavailable, spare))),
      };
}

const isJoining = (view: ClusterView, { name }: NodeView): boolean =>
  isDone(view, "start learner", name);

/**
 * Makes a node a member of an etcd that is there, one node after the other: first a member that doesn't vote, until it
 * has caught up.
 */
export const joinMembers: Stage = (view) => {
  const { etcd, nodes } = view;
  if (!etcd?.hasQuorum) return undefined;
  const fresh = unfinished(view).filter(
    (node) => node.runs.etcd && (isJoining(view, node) || !isKnown(view, node)),
  );
  const node =
    fresh.find((each) => isJoining(view, each)) ??
    fresh.find(({ member }) => member?.learner) ??
    fresh[0];
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
