import type { AgentError } from "../../base/errors";
import type { Work } from "../../store/work";
import { stillNeeded } from "./errors";
import { changedSince, isSameStep } from "./foresight";
import type { Step } from "./step";
import type { Decision, Progress } from "./view";

/** Milliseconds between two looks, while what stands against the next step may pass. */
const PAUSE = 500;

/** What is rolled out, and how. */
export interface Rollout<View extends Progress> {
  /** What people call it. */
  readonly title: string;
  /** What was shown before it began. Absent: nothing was. */
  readonly previewed?: readonly Step[];
  /** How things are, after what was done so far. */
  look(done: readonly Step[]): Promise<View>;
  decide(view: View): Decision;
  /** All steps to the end, as far as they can be foreseen. */
  foresee(view: View): readonly Step[];
  /** Gives what failed, of each node apart. */
  carryOut(step: Step): Promise<readonly AgentError[]>;
  /** Is told how many milliseconds a step took. */
  measure(step: Step, milliseconds: number): void;
}

/** Looks, asks for the next step, does it, and asks again, until there is nothing left to do. */
export async function rollOut<View extends Progress>(
  rollout: Rollout<View>,
  { clock, say }: Pick<Work, "clock" | "say">,
): Promise<void> {
  const { title, previewed } = rollout;
  const done: Step[] = [];
  let foreseen: readonly Step[] | undefined;
  let refused: number | undefined;
  for (;;) {
    const view = await rollout.look(done);
    if (foreseen === undefined) {
      foreseen = rollout.foresee(view);
      const changed = previewed ? changedSince(previewed, foreseen) : [];
      if (changed.length > 0) say(`${title}: not as it was previewed:`);
      for (const line of changed) say(`  ${line}`);
    }
    const decision = rollout.decide(view);
    if (decision === "finished") return;
    const began = clock.now();
    if ("refusal" in decision) {
      refused ??= began;
      if (began - refused >= (decision.patience ?? 0)) throw decision.refusal;
      await clock.pause(PAUSE);
      continue;
    }
    refused = undefined;
    const { step } = decision;
    if (done.some((each) => isSameStep(each, step)))
      throw stillNeeded(step.title);
    if (!isSameStep(foreseen[0], step)) {
      say(`${title}: not as foreseen, because the hosts have changed:`);
      say(`  ${step.title}`);
      foreseen = rollout.foresee(view);
    }
    foreseen = foreseen.slice(1);
    const errors = await rollout.carryOut(step);
    if (errors.length > 0) {
      const failed = rollout.decide({ ...view, failed: { step, errors } });
      throw typeof failed === "object" && "refusal" in failed
        ? failed.refusal
        : errors[0];
    }
    rollout.measure(step, clock.now() - began);
    done.push(step);
  }
}
