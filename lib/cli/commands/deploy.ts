import { Store } from "../../store/store";
import { stacksToDeploy } from "../plan/app";
import { checkBeforeDeploy } from "./check";
import { confirmDestruction } from "./allow-destroy";
import { changeLines } from "../plan/changes";
import type { Contents } from "../plan/contents";
import { forgottenStores } from "../plan/forgotten";
import { secureBeforeDeploy } from "../plan/store-problems";
import { userChangesIn } from "../plan/user-changes";
import type { Output } from "../output";
import type { Plan } from "../plan/planned";
import { showRollouts } from "./preview";
import { isEmpty, type State } from "../plan/state";
import { outputLines, summaryLines } from "../report/summary";
import { type Context, Workspace } from "../plan/workspace";
import { shownPath } from "../text";

export interface DeployOptions {
  /** Whether resources that are not this library's may be destroyed or replaced without asking. */
  readonly allowDestroy: boolean;
}

/** Synthesizes the app and applies its stacks, each one after the stacks on which it depends. */
export async function deploy(
  names: readonly string[],
  options: DeployOptions,
  context: Context,
): Promise<number> {
  const { clock, output } = context;
  const now = () => new Date(clock.now());
  const workspace = await Workspace.open(context);
  const stacks = stacksToDeploy(workspace.stacks, names);
  if (stacks.length === 0) output.say("The app has no stacks: nothing to do.");
  workspace.checkStores(stacks);
  for (const [i, stack] of stacks.entries()) {
    const contents = await workspace.enter(stack);
    for (const { directory } of contents.stores)
      secureBeforeDeploy(new Store(directory), output);
    const progress = await workspace.change(
      stack,
      "apply",
      async (plan, state, saved) => {
        workspace.tell(stack, planLines(plan, contents, state, output));
        await showRollouts(plan, state, contents, saved, context);
        const others = userChangesIn(plan, contents, state);
        await confirmDestruction(stack.name, others, context, options);
      },
      // A plan does not look at hosts. It only sees which of them a check has marked as different.
      (state) => checkBeforeDeploy(contents, state, context),
    );
    if (progress === undefined) {
      const left = stacks.slice(i + 1).map(({ name }) => name);
      if (left.length > 0) output.say(`Not started: ${left.join(", ")}`);
      output.say(
        "Fix the problem and deploy again: the deploy continues where this one stopped.",
      );
      return 1;
    }
    if (progress.changed)
      for (const line of outputLines(progress.outputs)) output.say(line);
    for (const store of contents.stores) {
      output.say();
      for (const line of summaryLines(store, output.style, now()))
        output.say(line);
    }
    if (i < stacks.length - 1) output.say();
  }
  for (const text of forgottenStores(workspace)) {
    output.say();
    output.warn(text);
  }
  return 0;
}

function planLines(
  plan: Plan,
  contents: Contents,
  state: State,
  { style }: Output,
): string[] {
  const unknown = contents.stores
    .map(({ directory }) => directory)
    .filter((directory) => new Store(directory).inventory());
  const lines = changeLines(plan, contents, state, style);
  // If the state was lost, the plan makes every file, but the batches keep each file that is already as it should be.
  return isEmpty(state) && unknown.length > 0
    ? [
        `${lines[0]}, unless they are already there: Terraform's state has no record of ${unknown.map(shownPath).join(", ")}`,
        ...lines.slice(1),
      ]
    : lines;
}
