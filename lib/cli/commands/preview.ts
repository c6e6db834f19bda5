import { visibleJson } from "../../base/visible";
import { type Stack, stacksToDeploy } from "../plan/app";
import { previewRollouts, type StorePreview } from "../plan/preview";
import { type Context, type ReviewedPlan, Workspace } from "../plan/workspace";
import { previewLines } from "../report/preview-lines";
import { reviewStack } from "./review";
import { shownPath } from "../text";

/** The rollouts of one stack, in the form of `--json`. */
type PreviewedStack = { readonly stack: string } & ReturnType<
  typeof rolloutsIn
>;

/** Plans the stacks of the app, and shows what their rollouts would do on the hosts. It applies nothing. */
export async function preview(
  names: readonly string[],
  context: Context,
): Promise<number> {
  const { output } = context;
  const workspace = await Workspace.open(context);
  const stacks = stacksToDeploy(workspace.stacks, names);
  workspace.checkStores(stacks);
  const previewed: PreviewedStack[] = [];
  for (const stack of stacks) {
    if (previewed.length > 0) context.output.say();
    const found = await previewStack(stack, workspace, context);
    if (found === undefined) return 1;
    previewed.push(found);
  }
  const exitCode = exitCodeOf(previewed);
  output.document(() => visibleJson({ exitCode, stacks: previewed }, 2));
  return exitCode;
}

/** 0: everything would be done. 1: some hosts could not be examined. 2: a rollout would stop before everything is done. */
function exitCodeOf(stacks: readonly PreviewedStack[]): 0 | 1 | 2 {
  const rollouts = stacks.flatMap((each) => each.rollouts);
  if (rollouts.some(({ refusal }) => refusal !== undefined)) return 2;
  return stacks.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

const previewStack = (
  stack: Stack,
  workspace: Workspace,
  context: Context,
): Promise<PreviewedStack | undefined> =>
  reviewStack(stack, workspace, context, async (reviewed) => {
    const { style, say } = context.output;
    const found = await showRollouts(reviewed, context, say, true);
    if (found.length === 0)
      say(`${style.bold(stack.name)}: nothing to do on hosts`);
    return { stack: stack.name, ...rolloutsIn(found) };
  });

/**
 * Prints what the planned rollouts would do on the hosts.
 *
 * @param isFirst whether nothing was printed before about the stack
 */
export async function showRollouts(
  reviewed: ReviewedPlan,
  context: Context,
  say = context.output.say,
  isFirst = false,
): Promise<readonly StorePreview[]> {
  const { output } = context;
  const found = await previewRollouts(reviewed, context);
  const parts = found.flatMap(({ store, previews, failure }) => [
    ...(failure === undefined
      ? []
      : [
          [
            `${shownPath(store.directory)}: the hosts could not be examined: ${failure.split("\n")[0]}`,
          ],
        ]),
    ...previews.map((each) => previewLines(each, output.style)),
  ]);
  for (const [at, lines] of parts.entries()) {
    if (at > 0 || !isFirst) say();
    for (const line of lines) say(line);
  }
  return found;
}

/** The previews of all stores, and why the hosts of a store could not be examined. */
export const rolloutsIn = (found: readonly StorePreview[]) => ({
  rollouts: found.flatMap(({ previews }) => previews),
  failures: found.flatMap(({ failure = [] }) => failure),
});
