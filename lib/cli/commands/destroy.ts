import { join } from "node:path";
import type { TeardownRequest } from "../../request/request";
import { hostedNodes } from "../../store/inventory";
import { keptIn } from "../../store/kept";
import { Store } from "../../store/store";
import { runChange } from "../plan/agent";
import { type Stack, stacksToDestroy } from "../plan/app";
import { changeLines, summarize } from "../plan/changes";
import type { Contents, StackStore } from "../plan/contents";
import { refuseIrregularFiles } from "../plan/store-problems";
import { count } from "../output";
import { tellNotStarted } from "../plan/outcome";
import { isOurs, type Plan } from "../plan/planned";
import type { State } from "../plan/state";
import { userChangesIn } from "../plan/user-changes";
import { enumerated, quoted, shownPath } from "../text";
import { type Context, Workspace } from "../plan/workspace";
import { runsProcesses } from "../../request/roles";

/** Destroys the app's stacks, each one before the stacks on which it depends, whatever condition they are in. */
export async function destroy(
  names: readonly string[],
  context: Context,
): Promise<number> {
  const { output } = context;
  const workspace = await Workspace.open(context);
  const stacks = stacksToDestroy(workspace.stacks, names);
  if (stacks.length === 0) output.say("The app has no stacks: nothing to do.");
  workspace.checkStores(stacks);
  for (const [i, stack] of stacks.entries()) {
    if (!(await destroyStack(stack, workspace, context))) {
      tellNotStarted(stacks.slice(i + 1), output);
      output.say(
        "Fix the problem and destroy again: it continues with what is left.",
      );
      return 1;
    }
  }
  return 0;
}

async function destroyStack(
  stack: Stack,
  workspace: Workspace,
  context: Context,
): Promise<boolean> {
  const contents = await workspace.enter(stack);
  for (const { directory } of contents.stores)
    refuseIrregularFiles(new Store(directory));
  let ours: readonly StackStore[] = [];
  const progress = await workspace.change(
    stack,
    "destroy",
    ({ plan, state }) => {
      ours = storesToTearDown(contents, state);
      const lines = planLines(plan, contents, state, context);
      workspace.tell(stack, lines);
      context.output.event("planned", {
        stack: stack.name,
        summary: lines[0],
        others: userChangesIn(plan, contents, state),
        outputs: plan.outputs,
        rollouts: [],
        failures: [],
      });
    },
  );
  if (progress === undefined) return false;
  for (const store of ours) {
    // Terraform runs the teardown if its state has one. If an apply failed before that, it is run here.
    if (
      isLive(store.directory) &&
      !(await runChange(store.teardown, store.base, context))
    )
      return false;
  }
  for (const store of contents.stores) {
    const wasTornDown = ours.includes(store) && !isLive(store.directory);
    if (!wasTornDown)
      for (const line of keptLines(store)) context.output.say(line);
  }
  return true;
}

/** The stack's stores that its state has resources of. Any other store belongs to another state, or its owner is unknown. */
const storesToTearDown = ({ stores }: Contents, state: State): StackStore[] =>
  stores.filter(
    (store) =>
      isLive(store.directory) &&
      ownerOf(store) === store.stack &&
      isKnown(store, state),
  );

const isKnown = ({ addresses }: StackStore, { resources }: State): boolean =>
  addresses.some((address) => resources.has(address));

const ownerOf = ({ directory }: StackStore): string | undefined =>
  new Store(directory).inventory()?.stack;

function planLines(
  plan: Plan,
  contents: Contents,
  state: State,
  { output }: Context,
): string[] {
  const { outputs } = plan;
  const rest = plan.changes.filter((each) => !isOurs(each, contents, state));
  const others = changeLines(
    summarize({ changes: rest, outputs }, contents, state),
    output.style,
  );
  const present = storesToTearDown(contents, state);
  const parts = [
    ...present.map(({ directory, teardown }) =>
      removalWords(directory, teardown),
    ),
    ...(rest.length > 0 ? others.slice(0, 1) : []),
  ];
  if (parts.length > 0) return [parts.join("; "), ...others.slice(1)];
  const isNothing = plan.changes.length === 0;
  return [
    isNothing ? "nothing to remove" : "only records in the state to remove",
    ...others.slice(1),
  ];
}

const isLive = (directory: string): boolean =>
  new Store(directory).inventory() !== undefined;

/**
 * `clusters/prod to remove, with everything it runs on 5 hosts; the keys of its certificate authorities stay`: what is
 * stopped matters more than the files.
 */
export function removalWords(
  directory: string,
  { retainAuthorities }: Pick<TeardownRequest, "retainAuthorities">,
): string {
  const kept = retainAuthorities ? keptIn(new Store(directory)) : undefined;
  return `${shownPath(directory)} to remove${ofHosts(directory)}${kept ? `; ${kept.what} stay` : ""}`;
}

function ofHosts(directory: string): string {
  const nodes = hostedNodes(new Store(directory).inventory());
  if (nodes.some(runsProcesses)) return ", with all its processes";
  return nodes.length > 0
    ? `, with everything it runs on ${count(nodes.length, "host")}`
    : "";
}

/** Says what is kept of a store, and why, if no teardown printed that. */
function keptLines({ directory, stack }: StackStore): string[] {
  const store = new Store(directory);
  const shown = shownPath(directory);
  const inventory = store.inventory();
  if (inventory && inventory.stack !== stack)
    return [
      `Kept: ${shown}, which belongs to the stack ${inventory.stack}, not to ${stack}.`,
    ];
  if (inventory)
    return [
      `Kept: ${shown}, and everything that its cluster runs: Terraform's state has no record of it.`,
      "      If the state is elsewhere, destroy the cluster there. If the state was lost, deploy first: then the state",
      "      has the cluster again, and destroy removes it.",
    ];
  const kept = keptIn(store);
  if (kept === undefined) return [];
  return [
    `Kept: ${enumerated(kept.paths.map((path) => join(shown, path)))}, with ${kept.what}. The next deploy uses them again.`,
    `      When nothing needs them any more, delete them: rm -r ${quoted(shown)}`,
  ];
}
