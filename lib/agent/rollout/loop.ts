import { setTimeout as pause } from "node:timers/promises";
import type { AgentError } from "../../base/errors";
import type { Step } from "./step";
import type { Decision, Progress } from "./view";

/** Milliseconds between two looks, while what stands against the next step may pass. */
const PAUSE = 500;

/** What is rolled out, and how. */
export interface Rollout<View extends Progress> {
  /** How things are, after what was done so far. */
  look(done: readonly Step[]): Promise<View>;
  decide(view: View): Decision;
  /** Gives what failed, of each node apart. */
  carryOut(step: Step): Promise<readonly AgentError[]>;
}

/** Looks, asks for the next step, does it, and asks again, until there is nothing left to do. */
export async function rollOut<View extends Progress>(
  rollout: Rollout<View>,
): Promise<void> {
  const done: Step[] = [];
  let refused: number | undefined;
  for (;;) {
    const view = await rollout.look(done);
    const decision = rollout.decide(view);
    if (decision === "finished") return;
    if ("refusal" in decision) {
      refused ??= Date.now();
      if (Date.now() - refused >= (decision.patience ?? 0))
        throw decision.refusal;
      await pause(PAUSE);
      continue;
    }
    refused = undefined;
    const { step } = decision;
    const errors = await rollout.carryOut(step);
    if (errors.length > 0) {
      const failed = rollout.decide({ ...view, failed: { step, errors } });
      throw typeof failed === "object" && "refusal" in failed
        ? failed.refusal
        : errors[0];
    }
    done.push(step);
  }
}
