import { stacksToDeploy } from "./app";
import { forgottenStores } from "./forgotten";
import { outputLines, summaryLines } from "./summary";
import { type Context, Workspace } from "./workspace";

/** Synthesizes the app and applies its stacks, each after those that it needs. */
export async function deploy(
  names: readonly string[],
  context: Context,
): Promise<number> {
  const { output } = context;
  const workspace = await Workspace.open(context);
  const stacks = stacksToDeploy(workspace.stacks, names);
  if (stacks.length === 0) output.say("The app has no stacks: nothing to do.");
  for (const [i, stack] of stacks.entries()) {
    const progress = await workspace.change(stack, "apply");
    if (progress === undefined) {
      const left = stacks.slice(i + 1).map(({ name }) => name);
      if (left.length > 0) output.say(`Not begun: ${left.join(", ")}`);
      output.say(
        "Deploy again once that is mended: what was done is kept and gone on with.",
      );
      return 1;
    }
    if (progress.changed)
      for (const line of outputLines(progress.outputs)) output.say(line);
    for (const store of workspace.contentsOf(stack).stores) {
      output.say();
      for (const line of summaryLines(store, output.style)) output.say(line);
    }
    if (i < stacks.length - 1) output.say();
  }
  for (const text of forgottenStores(workspace)) {
    output.say();
    output.warn(text);
  }
  return 0;
}
