import { readIfThere } from "../../base/files";
import { visibleJson } from "../../base/visible";
import { Store } from "../../store/store";
import type { Preview } from "../../agent/rollout/preview-shape";
import { planOfOneStack } from "../errors-plan";
import { type Stack, stacksToDeploy } from "../plan/app";
import { headline, NO_CHANGES } from "../plan/changes";
import type { Contents } from "../plan/contents";
import { damageOf } from "../plan/damage";
import { type DistinctChange, distinctChanges } from "../plan/distinct-changes";
import { fileChanges } from "../plan/file-changes";
import type { Plan, PlannedChange } from "../plan/planned";
import { renamesIn } from "../plan/renames";
import { writePlanFile } from "../plan/saved-plan";
import type { State } from "../plan/state";
import {
  dataAndOutputLines,
  userChangeLines,
  userChangesIn,
} from "../plan/user-changes";
import {
  type Context,
  previewFile,
  type SavedPlan,
  Workspace,
} from "../plan/workspace";
import { refuseIrregularFiles } from "../plan/store-problems";
import { quoted } from "../text";
import { planLines } from "../report/plan-lines";
import { checkBeforeDeploy } from "./check";
import { showRollouts, silent } from "./preview";

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
  readonly json: boolean;
  /** Where to save the plan. */
  readonly out?: string;
}

/** Shows what a deploy would change. It applies nothing. */
export async function plan(
  names: readonly string[],
  { json, out }: PlanOptions,
  context: Context,
): Promise<number> {
  const { output } = context;
  const told = json ? { ...context, output: silent(context) } : context;
  const workspace = await Workspace.open(told);
  const stacks = stacksToDeploy(workspace.stacks, names);
  if (out !== undefined && stacks.length !== 1)
    throw planOfOneStack(stacks.map(({ name }) => name));
  workspace.checkStores(stacks);
  const planned: PlannedStack[] = [];
  for (const stack of stacks) {
    if (planned.length > 0) told.output.say();
    const found = await planStack(stack, workspace, out, told);
    if (found === undefined) return 1;
    planned.push(found);
  }
  const exitCode = exitCodeOf(planned);
  if (json) output.say(visibleJson({ exitCode, stacks: planned }, 2));
  return exitCode;
}

/** 0: no changes. 1: a rollout would stop before everything is done. 2: there are changes. */
function exitCodeOf(stacks: readonly PlannedStack[]): 0 | 1 | 2 {
  const rollouts = stacks.flatMap((each) => each.rollouts);
  if (rollouts.some(({ refusal }) => refusal !== undefined)) return 1;
  return stacks.every(({ summary }) => summary === NO_CHANGES) ? 0 : 2;
}

async function planStack(
  stack: Stack,
  workspace: Workspace,
  out: string | undefined,
  context: Context,
): Promise<PlannedStack | undefined> {
  const contents = await workspace.enter(stack);
  for (const { directory } of contents.stores)
    refuseIrregularFiles(new Store(directory));
  let found: PlannedStack | undefined;
  const progress = await workspace.change(
    stack,
    "apply",
    async (changes, state, saved) => {
      const planned = { changes, state, contents, saved };
      found = await showPlan(stack, planned, context);
      if (out !== undefined) {
        const preview = readIfThere(previewFile(saved.folder))?.toString();
        const selected = workspace.nameFor(stack);
        const about = { workspace: selected, plan: changes, preview };
        writePlanFile(out, stack, about, saved.file);
        context.output.say();
        context.output.say(
          `To apply exactly this plan: cdktf-control-plane deploy ${quoted(out)}`,
        );
      }
      return false as const;
    },
    (state) => checkBeforeDeploy(contents, state, context),
  );
  return progress && found;
}

/** Prints all that a plan changes. */
export async function showPlan(
  { name }: Stack,
  {
    changes,
    state,
    contents,
    saved,
  }: {
    readonly changes: Plan;
    readonly state: State;
    readonly contents: Contents;
    readonly saved: SavedPlan;
  },
  context: Context,
): Promise<PlannedStack> {
  const { output, clock } = context;
  const { style } = output;
  const summary = headline(changes, contents, state);
  output.say(`${style.bold(name)}: ${summary}`);
  const now = new Date(clock.now());
  const files = distinctChanges(
    fileChanges(
      await saved.json(),
      contents,
      state,
      ({ files, store }) => damageOf(new Store(store.directory), files, now),
      renamesIn(changes, contents, state),
    ),
  );
  const others = userChangesIn(changes, contents, state);
  for (const line of [
    ...userChangeLines(others, style),
    ...planLines(files, style),
    ...dataAndOutputLines(changes).map((each) => style.dim(`  ${each}`)),
  ])
    output.say(line);
  const found = await showRollouts(changes, state, contents, saved, context);
  return {
    stack: name,
    summary,
    files,
    others,
    outputs: changes.outputs,
    rollouts: found.flatMap(({ previews }) => previews),
    failures: found.flatMap(({ failure = [] }) => failure),
  };
}
