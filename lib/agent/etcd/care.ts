import type { Clock } from "../../base/clock";
import { AgentError } from "../../base/errors";
import type {
  CareAct,
  CareStep,
  EtcdOutcome,
  EtcdState,
} from "../../request/etcd-care";
import { waitFor } from "../cluster/retry";
import { stepFailed } from "./errors";
import type { CarePlanner } from "./planner";
import type { EtcdCluster } from "./read";
import { answering, leaderOf, voters } from "./state";
import { actInWords } from "./step";

export interface CareProps {
  readonly clock: Clock;
  readonly say: (line: string) => void;
  readonly report?: (outcome: EtcdOutcome) => void;
}

/** Milliseconds that the members get after a step to be healthy again, and to catch up. */
const SETTLING = 60_000;

/**
 * Looks, asks for the next step, does it, and looks again. Only what it sees decides, so a run that follows a kill goes
 * on from there.
 */
export async function takeCare(
  cluster: EtcdCluster,
  next: CarePlanner,
  { clock, say, report }: CareProps,
): Promise<EtcdOutcome> {
  const done: CareAct[] = [];
  let state = await cluster.state();
  for (;;) {
    report?.({ done, state });
    const decision = next(state, done);
    if (decision === "finished") return { done, state };
    if ("refusal" in decision) throw decision.refusal;
    const { step } = decision;
    const before = sizeOf(state, step.member);
    try {
      await doStep(step, cluster, state);
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      throw stepFailed(error.message, done);
    }
    state = await settled(cluster, clock);
    const act = { ...step, before, after: sizeOf(state, step.member) };
    say(actInWords(act));
    done.push(act);
  }
}

/** Whatever is done to one member must not begin while another one still is behind. */
async function settled(cluster: EtcdCluster, clock: Clock): Promise<EtcdState> {
  let state = await cluster.state();
  const goal = Math.max(
    0,
    ...answering(state).map(({ status }) => status.committed),
  );
  const isSettled = (): boolean =>
    state.hasQuorum &&
    leaderOf(state) !== undefined &&
    voters(state).every(
      ({ status, problem }) =>
        problem === undefined && status !== undefined && status.applied >= goal,
    );
  await waitFor(clock, SETTLING, async () => {
    if (!isSettled()) state = await cluster.state();
    return isSettled() || undefined;
  });
  return state;
}

async function doStep(
  step: CareStep,
  cluster: EtcdCluster,
  state: EtcdState,
): Promise<void> {
  switch (step.kind) {
    case "compact":
      return cluster.client(step.member).compact(step.revision);
    case "defragment":
      return cluster.client(step.member).defragment();
    case "move leadership": {
      const { id } = member(state, step.to);
      return cluster.client(step.member).moveLeadership(id ?? "");
    }
    case "disarm": {
      // Any member can do it; the one that raised the alarm may be gone.
      const [{ name }] = answering(state).filter(({ isLearner }) => !isLearner);
      return cluster.client(name).disarm(step.alarm);
    }
  }
}

const member = (state: EtcdState, name: string) =>
  answering(state).find((each) => each.name === name)!;

const sizeOf = (state: EtcdState, name: string): number =>
  answering(state).find((each) => each.name === name)?.status.size ?? 0;
