import { join } from "node:path";
import { runsProcesses } from "../../store/inventory";
import { hostedNodes } from "../../store/inventory";
import { Store } from "../../store/store";
import { runTeardown } from "../plan/agent";
import { type Stack, stacksToDestroy } from "../plan/app";
import { changeLines } from "../plan/changes";
import type { Contents, StackStore } from "../plan/contents";
import { refuseIrregular } from "../plan/guard";
import { count } from "../output";
import { isOurs, type Plan } from "../plan/planned";
import type { State } from "../plan/state";
import { quoted } from "../text";
import { type Context, shownPath, Workspace } from "../plan/workspace";

/** Destroys the app's stacks, each before those that it needs, from whatever state they are in. */
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
      const left = stacks.slice(i + 1).map(({ name }) => name);
      if (left.length > 0) output.say(`Not begun: ${left.join(", ")}`);
      output.say(
        "Destroy again once that is mended: it goes on with the rest.",
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
    refuseIrregular(new Store(directory));
  let ours: readonly StackStore[] = [];
  const progress = await workspace.change(stack, "destroy", (plan, state) => {
    ours = storesToTearDown(contents, state);
    const lines = planLines(plan, contents, state, context);
    workspace.tell(stack, lines);
  });
  if (progress === undefined) return false;
  for (const store of ours) {
    // Terraform runs the teardown that it knows; an apply that failed early may have come before that.
    if (isLive(store.directory) && !(await tearDown(store, context)))
      return false;
  }
  for (const store of contents.stores) {
    const wasTornDown = ours.includes(store) && !isLive(store.directory);
    if (!wasTornDown)
      for (const line of keptLines(store)) context.output.say(line);
  }
  return true;
}

/** Those of the stack of which its state knows something: all else is another state's, or nobody knows whose. */
const storesToTearDown = ({ stores }: Contents, state: State): StackStore[] =>
  stores.filter(
    (store) =>
      isLive(store.directory) &&
      ownerOf(store) === store.stack &&
      isKnown(store, state),
  );

const isKnown = ({ addresses }: StackStore, { resources }: State): boolean =>
  addresses.some((address) => resources.has(address));

const tearDown = (
  { teardown, base }: StackStore,
  context: Context,
): Promise<boolean> => runTeardown(teardown, base, context);

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
    { changes: rest, outputs },
    contents,
    state,
    output.style,
  );
  const present = storesToTearDown(contents, state);
  const parts = [
    ...present.map(({ directory }) => removalWords(directory)),
    ...(rest.length > 0 ? others.slice(0, 1) : []),
  ];
  if (parts.length > 0) return [parts.join("; "), ...others.slice(1)];
  const isNothing = plan.changes.length === 0;
  return [
    isNothing ? "nothing to remove" : "only records to remove",
    ...others.slice(1),
  ];
}

const isLive = (directory: string): boolean =>
  new Store(directory).inventory() !== undefined;

/** `clusters/prod to remove with all that runs on 5 hosts`: what ends is worth more than the files that are removed. */
export const removalWords = (directory: string): string =>
  `${shownPath(directory)} to remove${ofHosts(directory)}`;

function ofHosts(directory: string): string {
  const nodes = hostedNodes(new Store(directory).inventory());
  if (nodes.some(runsProcesses)) return " with all its processes";
  return nodes.length > 0
    ? ` with all that runs on ${count(nodes.length, "host")}`
    : "";
}

/** What stays on purpose, where no teardown had reason to say so. */
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
      `Kept: ${shown}, and all that runs of its cluster: Terraform's state knows nothing of it.`,
      "      If the state is elsewhere, destroy the cluster there. If the state was lost, deploy first: the state",
      "      then knows the cluster again, and destroy ends it.",
    ];
  if (store.files("pki").length === 0) return [];
  return [
    `Kept: ${join(shown, "pki")}, the keys of the cluster's authorities. The next deploy goes on with them.`,
    `      When nothing needs them any more: rm -r ${quoted(shown)}`,
  ];
}
