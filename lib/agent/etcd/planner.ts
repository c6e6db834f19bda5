import type { AgentError } from "../../base/errors";
import type { CareAct, CareStep, EtcdState } from "../../request/etcd-care";
import {
  corruptMember,
  membersUnhealthy,
  noLeader,
  noMajority,
  nothingToRecover,
  raisedAgain,
  stillOverQuota,
} from "./errors";
import {
  alarmsOf,
  type AnsweringMember,
  answering,
  CORRUPT,
  isFragmented,
  isOverQuota,
  lagOf,
  leaderOf,
  NOSPACE,
  voters,
} from "./state";

/** The next step, the reason why there is none, or that everything is done. */
export type CareDecision =
  { readonly step: CareStep } | { readonly refusal: AgentError } | "finished";

/** What decides the next step: the state of now, and what this run has done. */
export type CarePlanner = (
  state: EtcdState,
  done: readonly CareAct[],
) => CareDecision;

/**
 * Defragments the members with much free space, or all. A learner is left out, because etcd refuses that of learners.
 */
export const nextDefragmentation =
  (all: boolean): CarePlanner =>
  (state, done) => {
    const refusal = obstacle(state, done);
    if (refusal) return { refusal };
    const wanted = undone("defragment", state, done).filter(
      ({ status }) => all || isFragmented(status),
    );
    return defragmentation(wanted, state, done) ?? "finished";
  };

/**
 * Brings back an etcd whose database has reached its quota. The order matters: only what is compacted becomes free, only
 * defragmenting gives the free space back, and a member that is still too large would raise the alarm again.
 */
export const nextRecovery: CarePlanner = (state, done) => {
  const refusal = obstacle(state, done);
  if (refusal) return { refusal };
  const alarms = alarmsOf(state, NOSPACE);
  if (alarms.length === 0)
    return done.length === 0 ? { refusal: nothingToRecover() } : "finished";
  const [uncompacted] = undone("compact", state, done);
  if (uncompacted) {
    const { name: member } = uncompacted;
    return { step: { kind: "compact", member, revision: latest(state, done) } };
  }
  const next = defragmentation(undone("defragment", state, done), state, done);
  if (next) return next;
  const over = votersIn(state).filter(({ status }) => isOverQuota(status));
  if (over.length > 0) return { refusal: stillOverQuota(over, done) };
  const again = alarms.filter((alarm) => isDisarmed(alarm.memberId, done));
  if (again.length > 0)
    return {
      refusal: raisedAgain(
        again.map(({ member }) => member),
        done,
      ),
    };
  const [alarm] = alarms;
  return { step: { kind: "disarm", member: alarm.member, alarm } };
};

/** Why no step may be done at the moment. It is decided before each step, and so before the first one. */
function obstacle(
  state: EtcdState,
  done: readonly CareAct[],
): AgentError | undefined {
  if (!state.hasQuorum) return noMajority(state.members, done);
  const corrupt = alarmsOf(state, CORRUPT).map(({ member }) => member);
  if (corrupt.length > 0) return corruptMember(corrupt, done);
  const unhealthy = voters(state).filter(
    ({ status, problem }) => !status || problem !== undefined,
  );
  if (unhealthy.length > 0) return membersUnhealthy(unhealthy, done);
  return leaderOf(state) ? undefined : noLeader(done);
}

const votersIn = (state: EtcdState): AnsweringMember[] =>
  answering(state).filter(({ isLearner }) => !isLearner);

/** The voting members with which this run has not done this yet. */
const undone = (
  kind: CareStep["kind"],
  state: EtcdState,
  done: readonly CareAct[],
): AnsweringMember[] =>
  votersIn(state).filter(
    ({ name }) => !done.some((act) => act.kind === kind && act.member === name),
  );

const isDisarmed = (memberId: string, done: readonly CareAct[]): boolean =>
  done.some((act) => act.kind === "disarm" && act.alarm.memberId === memberId);

/** All members are compacted to the same revision: the second one then only has to free its space, too. */
function latest(state: EtcdState, done: readonly CareAct[]): number {
  const [first] = done.flatMap((act) =>
    act.kind === "compact" ? [act.revision] : [],
  );
  return (
    first ?? Math.max(...answering(state).map(({ status }) => status.revision))
  );
}

/** Followers come first. The leader first hands its leadership over, because clients wait for a leader that is busy. */
function defragmentation(
  wanted: readonly AnsweringMember[],
  state: EtcdState,
  done: readonly CareAct[],
): { readonly step: CareStep } | undefined {
  const leader = leaderOf(state);
  const follower = wanted.find(({ id }) => id !== leader?.id);
  if (follower) return { step: { kind: "defragment", member: follower.name } };
  const [last] = wanted;
  if (!last) return undefined;
  const { name: member } = last;
  const heir = heirOf(last, state, done);
  const isMoved = done.some(
    (act) => act.kind === "move leadership" && act.member === member,
  );
  return heir === undefined || isMoved
    ? { step: { kind: "defragment", member } }
    : { step: { kind: "move leadership", member, to: heir } };
}

/** The follower that becomes the leader: one that is defragmented already, or else the one that is least behind. */
function heirOf(
  leader: AnsweringMember,
  state: EtcdState,
  done: readonly CareAct[],
): string | undefined {
  const waiting = new Set(
    undone("defragment", state, done).map(({ name }) => name),
  );
  const [heir] = votersIn(state)
    .filter(({ id }) => id !== leader.id)
    .sort(
      (one, other) =>
        Number(waiting.has(one.name)) - Number(waiting.has(other.name)) ||
        lagOf(state, one) - lagOf(state, other),
    );
  return heir?.name;
}
