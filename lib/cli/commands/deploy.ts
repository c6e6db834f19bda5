import { Store } from "../../store/store";
import { stacksToDeploy } from "../plan/app";
import { checkBeforeDeploy } from "./check";
import { refuseToDestroy } from "./allow-destroy";
import { changeLines } from "../plan/changes";
import type { Contents } from "../plan/contents";
import { forgottenStores } from "../plan/forgotten";
import { closeStore } from "../plan/guard";
import { othersIn } from "../plan/other-changes";
import type { Output } from "../output";
import type { Plan } from "../plan/planned";
import { showRollouts } from "./preview";
import { isEmpty, type State } from "../plan/state";
import { outputLines, summaryLines } from "../report/summary";
import { type Context, shownPath, Workspace } from "../plan/workspace";

export interface DeployOptions {
  /** Whether resources that are not this library's may be destroyed or replaced without a question. */
  readonly allowDestroy: boolean;
}

/** Synthesizes the app and applies its stacks, each after those that it needs. */
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
      closeStore(new Store(directory), output);
    const progress = await workspace.change(
      stack,
      "apply",
      async (plan, state, made) => {
        workspace.tell(stack, planLines(plan, contents, state, output));
        await showRollouts(plan, state, contents, made, context);
        const others = othersIn(plan, contents, state);
        await refuseToDestroy(stack.name, others, context, options);
      },
      // A plan sees no hosts, but what a check marked.
      (state) => checkBeforeDeploy(contents, state, context),
    );
    if (progress === undefined) {
      const left = stacks.slice(i + 1).map(({ name }) => name);
      if (left.length > 0) output.say(`Not begun: ${left.join(", ")}`);
      output.say(
        "Deploy again once that is mended: it goes on from what was done.",
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
  // With its state lost all is planned, but what is there and as it should be stays.
  return isEmpty(state) && unknown.length > 0
    ? [
        `${lines[0]}, where they are not yet: the state knows nothing of ${unknown.map(shownPath).join(", ")}`,
        ...lines.slice(1),
      ]
    : lines;
}
