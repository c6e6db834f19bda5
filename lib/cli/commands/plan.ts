import { readIfThere } from "../../base/files";
import { visibleJson } from "../../base/visible";
import { Store } from "../../store/store";
import type { Preview } from "../../agent/rollout/preview-shape";
import { perhapsDeployFirst, planOfOneStack } from "../errors-plan";
import { type Stack, stacksToDeploy } from "../plan/app";
import { NO_CHANGES, summarize } from "../plan/changes";
import { damageOf } from "../plan/damage";
import { type DistinctChange, distinctChanges } from "../plan/distinct-changes";
import { fileChanges } from "../plan/file-changes";
import type { Plan, PlannedChange } from "../plan/planned";
import { writePlanFile } from "../plan/saved-plan";
import { userChangeLines } from "../plan/user-changes";
import {
  type Context,
  previewFile,
  type ReviewedPlan,
  Workspace,
} from "../plan/workspace";
import { quoted, titled } from "../text";
import { planLines } from "../report/plan-lines";
import { rolloutsIn, showRollouts } from "./preview";
import { reviewStack } from "./review";

/** The plan of one stack, in the form of `--json`. */
interface PlannedStack {
  readonly stack: string;
  /** One sentence about all of it. */
  readonly summary: string;
  readonly files: readonly DistinctChange[];
  /** The changes of the user's own resources. */
  readonly others: readonly PlannedChange[];
  readonly outputs: Plan["outputs"];
  readonly rollouts: readonly Preview[];
  /** Why the hosts of a store could not be examined. */
  readonly failures: readonly string[];
}

export interface PlanOptions {
  /** Where to save the plan. */
  readonly out?: string;
}

/** Shows what a deploy would change. It applies nothing. */
export async function plan(
  names: readonly string[],
  { out }: PlanOptions,
  context: Context,
): Promise<number> {
  const { output } = context;
  const workspace = await Workspace.open(context);
  const stacks = stacksToDeploy(workspace.stacks, names).filter(
    // A saved plan is of one stack, without those on which it depends.
    ({ name }) =>
      out === undefined || names.length === 0 || names.includes(name),
  );
  if (out !== undefined && stacks.length !== 1)
    throw planOfOneStack(stacks.map(({ name }) => name));
  workspace.checkStores(stacks);
  const planned: PlannedStack[] = [];
  for (const stack of stacks) {
    if (planned.length > 0) output.say();
    const found = await planStack(stack, workspace, out, context);
    if (found === undefined) {
      const first = planned
        .filter(({ summary }) => summary !== NO_CHANGES)
        .map((each) => each.stack)
        .filter((name) => stack.dependencies.includes(name));
      if (first.length > 0) output.warn(perhapsDeployFirst(stack.name, first));
      return 1;
    }
    planned.push(found);
  }
  const exitCode = exitCodeOf(planned);
  output.document(() => visibleJson({ exitCode, stacks: planned }, 2));
  return exitCode;
}

/** 0: no changes. 1: a rollout would stop before everything is done. 2: there are changes. */
function exitCodeOf(stacks: readonly PlannedStack[]): 0 | 1 | 2 {
  const rollouts = stacks.flatMap((each) => each.rollouts);
  if (rollouts.some(({ refusal }) => refusal !== undefined)) return 1;
  return stacks.every(({ summary }) => summary === NO_CHANGES) ? 0 : 2;
}

const planStack = (
  stack: Stack,
  workspace: Workspace,
  out: string | undefined,
  context: Context,
): Promise<PlannedStack | undefined> =>
  reviewStack(stack, workspace, context, async (reviewed) => {
    const found = await showPlan(stack, reviewed, context);
    if (out !== undefined) {
      const { plan, saved } = reviewed;
      const preview = readIfThere(previewFile(saved.folder))?.toString();
      const about = { workspace: workspace.nameFor(stack), plan, preview };
      writePlanFile(out, stack, about, saved.file);
      context.output.say();
      context.output.say(
        `To apply exactly this plan: cdktf-control-plane deploy ${quoted(out)}`,
      );
    }
    return found;
  });

/** Prints all that a plan changes. */
export async function showPlan(
  { name }: Stack,
  reviewed: ReviewedPlan,
  context: Context,
): Promise<PlannedStack> {
  const { plan, state, contents, saved } = reviewed;
  const { output, clock } = context;
  const { style } = output;
  const { headline, others, renames, dataAndOutputs } = summarize(
    plan,
    contents,
    state,
  );
  const json = await saved.json();
  const now = new Date(clock.now());
  const files = distinctChanges(
    fileChanges(
      json,
      contents,
      state,
      ({ files, store }) => damageOf(new Store(store.directory), files, now),
      renames,
    ),
  );
  for (const line of [
    ...titled(name, headline, style),
    ...userChangeLines(others, style),
    ...planLines(files, style),
    ...dataAndOutputs.map((each) => style.dim(`  ${each}`)),
  ])
    output.say(line);
  const found = await showRollouts(reviewed, context);
  return {
    stack: name,
    summary: headline,
    files,
    others,
    outputs: plan.outputs,
    ...rolloutsIn(found),
  };
}
