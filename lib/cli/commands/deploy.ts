import { isFile } from "../../base/files";
import { Store } from "../../store/store";
import { planOrStacks, workspaceSinceSaved } from "../errors-plan";
import { type Stack, stacksToDeploy } from "../plan/app";
import { checkBeforeDeploy } from "./check";
import { confirmDestruction, confirmPlan } from "./confirm";
import {
  changeLines,
  NO_CHANGES,
  type PlanSummary,
  summarize,
} from "../plan/changes";
import type { Contents } from "../plan/contents";
import { forgottenStores } from "../plan/forgotten";
import { secureBeforeDeploy } from "../plan/store-problems";
import type { Progress } from "../plan/progress";
import { tellNotStarted } from "../plan/outcome";
import type { Plan } from "../plan/planned";
import { plannedStack, readPlanFile, readPreviews } from "../plan/saved-plan";
import { showPlan } from "./plan";
import { rolloutsIn, showRollouts } from "./preview";
import {
  clusterFacts,
  outputLines,
  shownOutputs,
  summaryLines,
} from "../report/summary";
import { type Context, Workspace } from "../plan/workspace";
import { quoted, wrap } from "../text";

export interface DeployOptions {
  /** Whether resources that are not this library's may be destroyed or replaced without asking. */
  readonly allowDestroy: boolean;
  /** Whether to show the whole plan, and to ask before it is applied. */
  readonly confirm: boolean;
}

/**
 * Synthesizes the app and applies its stacks, each one after the stacks on which it depends; or applies a plan that was
 * saved before.
 */
export async function deploy(
  names: readonly string[],
  options: DeployOptions,
  context: Context,
): Promise<number> {
  const { output } = context;
  // A name that is a file is a saved plan rather than a stack.
  const file = names.find(isFile);
  if (file !== undefined) {
    if (names.length > 1) throw planOrStacks(file);
    return deployPlan(file, options, context);
  }
  const workspace = await Workspace.open(context);
  const stacks = stacksToDeploy(workspace.stacks, names);
  if (stacks.length === 0) output.say("The app has no stacks: nothing to do.");
  workspace.checkStores(stacks);
  return deployStacks(stacks, workspace, options, context);
}

/** Applies stacks of a synthesized app, one after the other. */
export async function deployStacks(
  stacks: readonly Stack[],
  workspace: Workspace,
  options: DeployOptions,
  context: Context,
): Promise<number> {
  const { output } = context;
  for (const [i, stack] of stacks.entries()) {
    if (!(await deployStack(stack, workspace, options, context))) {
      tellNotStarted(stacks.slice(i + 1), output);
      for (const line of wrap(TO_CONTINUE, output.style.width))
        output.say(line);
      return 1;
    }
    if (i < stacks.length - 1) output.say();
  }
  for (const text of forgottenStores(workspace)) {
    output.say();
    output.warn(text);
  }
  return 0;
}

const TO_CONTINUE =
  "Fix the problem and deploy again: the deploy continues where this one stopped.";

/** Returns whether everything was applied. If not, the error is already printed. */
async function deployStack(
  stack: Stack,
  workspace: Workspace,
  options: DeployOptions,
  context: Context,
): Promise<boolean> {
  const { output } = context;
  const contents = await workspace.enter(stack);
  secureStores(contents, context);
  const progress = await workspace.change(
    stack,
    "apply",
    async (reviewed) => {
      if (options.confirm) {
        const { summary } = await showPlan(stack, reviewed, context);
        if (summary === NO_CHANGES) return;
        await confirmPlan(stack.name, context);
      } else {
        const { plan, state } = reviewed;
        const summary = summarize(plan, contents, state);
        workspace.tell(stack, changeLines(summary, output.style));
        const found = await showRollouts(reviewed, context, output.note);
        if (found.length > 0) output.note();
        output.event("planned", {
          ...plannedOf(stack, summary, plan),
          ...rolloutsIn(found),
        });
        await confirmDestruction(stack.name, summary.others, context, options);
      }
    },
    // A plan does not look at hosts. It only sees which of them a check has marked as different.
    (state) => checkBeforeDeploy(contents, state, context),
  );
  if (progress) showResult(stack, progress, contents, context);
  return progress !== undefined;
}

/** Applies a plan that `plan --out` saved. */
async function deployPlan(
  path: string,
  options: DeployOptions,
  context: Context,
): Promise<number> {
  const { output } = context;
  const file = readPlanFile(path);
  const workspace = await Workspace.openLast(context);
  const stack = plannedStack(path, file, workspace.stacks);
  const contents = await workspace.enter(stack);
  const selected = workspace.nameFor(stack);
  if (selected !== file.workspace)
    throw workspaceSinceSaved(path, file.workspace, selected);
  secureStores(contents, context);
  const progress = await workspace.applySaved(stack, file, async (state) => {
    const summary = summarize(file.plan, contents, state);
    workspace.tell(stack, changeLines(summary, output.style));
    output.event("planned", {
      ...plannedOf(stack, summary, file.plan),
      rollouts: readPreviews(file),
      failures: [],
    });
    return options.confirm
      ? confirmPlan(stack.name, context)
      : confirmDestruction(stack.name, summary.others, context, options);
  });
  if (progress === undefined) {
    output.say(
      `Fix the problem and plan again: cdktf-control-plane plan ${stack.name} --out ${quoted(path)}`,
    );
    return 1;
  }
  showResult(stack, progress, contents, context);
  return 0;
}

function secureStores({ stores }: Contents, { output }: Context): void {
  for (const { directory } of stores)
    secureBeforeDeploy(new Store(directory), output);
}

const plannedOf = (
  { name }: Stack,
  { headline, others }: PlanSummary,
  { outputs }: Plan,
) => ({ stack: name, summary: headline, others, outputs });

/** Prints the outputs of the stack and a summary of each store. */
function showResult(
  { name: stack }: Stack,
  { changed, outputs }: Progress,
  { stores }: Contents,
  { output, clock }: Context,
): void {
  if (changed) for (const line of outputLines(outputs)) output.say(line);
  output.event("outputs", { stack, outputs: shownOutputs(outputs) });
  for (const store of stores) {
    output.event("cluster", { stack, ...clusterFacts(store) });
    output.note();
    const now = new Date(clock.now());
    for (const line of summaryLines(store, output.style, now)) output.say(line);
  }
}
