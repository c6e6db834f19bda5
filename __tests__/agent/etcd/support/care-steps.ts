import type { CarePlanner } from "../../../../lib/agent/etcd/planner";
import type {
  CareAct,
  CareStep,
  EtcdState,
  MemberState,
} from "../../../../lib/request/etcd-care";
import { type MemberOptions, memberState } from "../../support/etcd";

const MiB = 1024 ** 2;

/** How members and alarms look after a step. */
export function after(state: EtcdState, step: CareStep): EtcdState {
  const change = (member: MemberState, status: MemberOptions): MemberState => ({
    ...member,
    ...(member.status && { status: { ...member.status, ...status } }),
  });
  const members = state.members.map((member): MemberState => {
    if (step.kind === "move leadership")
      return change(member, {
        leader: state.members.find(({ name }) => name === step.to)?.id,
      });
    if (member.name !== step.member || !member.status) return member;
    if (step.kind === "compact") return change(member, { sizeInUse: 10 * MiB });
    return step.kind === "defragment"
      ? change(member, { size: member.status.sizeInUse })
      : member;
  });
  return {
    ...state,
    members,
    alarms:
      step.kind === "disarm"
        ? state.alarms.filter(({ member }) => member !== step.member)
        : state.alarms,
  };
}

const inWords = (step: CareStep): string =>
  step.kind === "move leadership"
    ? `${step.kind} ${step.member} to ${step.to}`
    : `${step.kind} ${step.member}`;

/** All steps to the end, or the first line of the refusal, if there is one. */
export function stepsOf(
  next: CarePlanner,
  first: EtcdState,
  follow: typeof after = after,
): string[] {
  const done: CareAct[] = [];
  const steps: string[] = [];
  for (let state = first; steps.length < 20;) {
    const decision = next(state, done);
    if (decision === "finished") return steps;
    if ("refusal" in decision)
      return [...steps, decision.refusal.message.split("\n")[0]];
    const { step } = decision;
    steps.push(inWords(step));
    state = follow(state, step);
    done.push({ ...step, before: 0, after: 0 });
  }
  throw new Error(`it does not end: ${steps.join(", ")}`);
}

/** The reason why nothing is done. */
export const refusalOf = (next: CarePlanner, state: EtcdState): string => {
  const decision = next(state, []);
  if (typeof decision === "string" || !("refusal" in decision))
    throw new Error("it is not refused");
  return decision.refusal.message;
};

/** Healthy members that are alike. */
export const three = (options: MemberOptions = {}) => [
  memberState("cp-1", options),
  memberState("cp-2", options),
  memberState("cp-3", options),
];
