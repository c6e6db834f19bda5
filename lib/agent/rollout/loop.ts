import type { AgentError } from "../../base/errors";
import type { StepReport } from "../../request/report";
import type { Work } from "../../store/work";
import { stepHadNoEffect } from "./errors";
import { differencesFromPreview, isSameStep } from "./preview-differences";
import type { Step } from "./step";
import type { Decision, Progress } from "./view";

/** Milliseconds between two attempts while the reason for a refusal may still pass. */
const PAUSE = 500;

/** The parts of a rollout that the loop calls. */
export interface Rollout<View extends Progress> {
  /** The title in output. */
  readonly title: string;
  /** The steps that a preview showed before. Absent if there was no preview. */
  readonly previewed?: readonly Step[];
  /** The current state, after the steps that were done so far. */
  view(done: readonly Step[]): Promise<View>;
  decide(view: View): Decision;
  /** All remaining steps, as far as they can be predicted. */
  forecast(view: View): readonly Step[];
  /** Carries out a step, and returns one error for each node that failed. */
  doStep(step: Step): Promise<readonly AgentError[]>;
  /** Records how many milliseconds a step took. */
  recordDuration(step: Step, milliseconds: number): void;
}

/** Reads the state, decides the next step, does it, and starts over, until nothing is left to do. */
export async function rollOut<View extends Progress>(
  rollout: Rollout<View>,
  { clock, say, report }: Pick<Work, "clock" | "say" | "report">,
): Promise<void> {
  const { title, previewed } = rollout;
  const done: Step[] = [];
  let expected: readonly Step[] | undefined;
  let refusedSince: number | undefined;
  for (;;) {
    const view = await rollout.view(done);
    if (expected === undefined) {
      expected = rollout.forecast(view);
      const changed = previewed
        ? differencesFromPreview(previewed, expected)
        : [];
      if (changed.length > 0) say(`${title}: differs from the preview:`);
      for (const line of changed) say(`  ${line}`);
    }
    const decision = rollout.decide(view);
    if (decision === "finished") return;
    const began = clock.now();
    if ("refusal" in decision) {
      refusedSince ??= began;
      if (began - refusedSince >= (decision.patience ?? 0))
        throw decision.refusal;
      await clock.pause(PAUSE);
      continue;
    }
    refusedSince = undefined;
    const { step } = decision;
    if (done.some((each) => isSameStep(each, step)))
      throw stepHadNoEffect(step.title);
    if (!isSameStep(expected[0], step)) {
      say(`${title}: an unexpected step, because the hosts have changed:`);
      say(`  ${step.title}`);
      expected = rollout.forecast(view);
    }
    const { kind, nodes, title: words } = step;
    const errors = await reporting(
      {
        kind,
        nodes,
        title: words,
        number: done.length + 1,
        of: done.length + expected.length,
      },
      { clock, report },
      () => rollout.doStep(step),
    );
    expected = expected.slice(1);
    if (errors.length > 0) {
      const failed = rollout.decide({ ...view, failed: { step, errors } });
      throw typeof failed === "object" && "refusal" in failed
        ? failed.refusal
        : errors[0];
    }
    rollout.recordDuration(step, clock.now() - began);
    done.push(step);
  }
}

/** Does a step, and reports when it begins and when it ends. */
async function reporting(
  step: StepReport,
  { clock, report }: Pick<Work, "clock" | "report">,
  doStep: () => Promise<readonly AgentError[]>,
): Promise<readonly AgentError[]> {
  const began = clock.now();
  let succeeded = false;
  report?.({ step });
  try {
    const errors = await doStep();
    succeeded = errors.length === 0;
    return errors;
  } finally {
    const milliseconds = clock.now() - began;
    report?.({ step: { ...step, ended: { milliseconds, succeeded } } });
  }
}
