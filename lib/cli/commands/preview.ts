import { visibleJson } from "../../base/visible";
import type { Preview } from "../../agent/rollout/preview-shape";
import { type Stack, stacksToDeploy } from "../plan/app";
import type { Contents } from "../plan/contents";
import type { Plan } from "../plan/planned";
import { previewRollouts, type StorePreview } from "../plan/preview";
import type { State } from "../plan/state";
import { type Context, type SavedPlan, Workspace } from "../plan/workspace";
import { refuseIrregularFiles } from "../plan/store-problems";
import { previewLines } from "../report/preview-lines";
import { Store } from "../../store/store";
import { checkBeforeDeploy } from "./check";
import { shownPath } from "../text";

interface PreviewedStack {
  readonly stack: string;
  readonly rollouts: readonly Preview[];
  /** Why the hosts of a store could not be examined. */
  readonly failures: readonly string[];
}

/** Plans the stacks of the app, and shows what their rollouts would do on the hosts. It applies nothing. */
export async function preview(
  names: readonly string[],
  { json }: { readonly json: boolean },
  context: Context,
): Promise<number> {
  const { output } = context;
  const told: Context = json
    ? { ...context, output: silent(context) }
    : context;
  const workspace = await Workspace.open(told);
  const stacks = stacksToDeploy(workspace.stacks, names);
  workspace.checkStores(stacks);
  const previewed: PreviewedStack[] = [];
  for (const stack of stacks) {
    const found = await previewStack(stack, workspace, told);
    if (found === undefined) return 1;
    previewed.push(found);
  }
  const exitCode = exitCodeOf(previewed);
  if (json) output.say(visibleJson({ exitCode, stacks: previewed }, 2));
  return exitCode;
}

/** 0: everything would be done. 1: some hosts could not be examined. 2: a rollout would stop before everything is done. */
function exitCodeOf(stacks: readonly PreviewedStack[]): 0 | 1 | 2 {
  const rollouts = stacks.flatMap((each) => each.rollouts);
  if (rollouts.some(({ refusal }) => refusal !== undefined)) return 2;
  return stacks.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

async function previewStack(
  stack: Stack,
  workspace: Workspace,
  context: Context,
): Promise<PreviewedStack | undefined> {
  const contents = await workspace.enter(stack);
  for (const { directory } of contents.stores)
    refuseIrregularFiles(new Store(directory));
  let found: readonly StorePreview[] = [];
  const progress = await workspace.change(
    stack,
    "apply",
    async (plan, state, saved) => {
      found = await showRollouts(plan, state, contents, saved, context);
      if (found.length === 0) workspace.tell(stack, ["nothing to do on hosts"]);
      return false as const;
    },
    (state) => checkBeforeDeploy(contents, state, context),
  );
  return (
    progress && {
      stack: stack.name,
      rollouts: found.flatMap(({ previews }) => previews),
      failures: found.flatMap(({ failure = [] }) => failure),
    }
  );
}

/** Prints what the planned rollouts would do on the hosts. */
export async function showRollouts(
  plan: Plan,
  state: State,
  contents: Contents,
  saved: SavedPlan,
  context: Context,
): Promise<readonly StorePreview[]> {
  const { output } = context;
  const found = await previewRollouts(
    plan,
    state,
    { contents, saved },
    context,
  );
  for (const { store, previews, failure } of found) {
    if (failure !== undefined)
      output.say(
        `${shownPath(store.directory)}: the hosts could not be examined: ${failure.split("\n")[0]}`,
      );
    for (const each of previews)
      for (const line of previewLines(each, output.style)) output.say(line);
  }
  return found;
}

/** An output that prints no progress, for a command whose whole output is one JSON document. */
export const silent = ({ output }: Context): Context["output"] => ({
  ...output,
  say: () => undefined,
});
