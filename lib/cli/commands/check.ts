import { resolve } from "node:path";
import type { CheckRequest } from "../../request/request";
import { differs } from "../../request/drift";
import { checkedNodes } from "../../store/inventory";
import { workspaceOf } from "../../store/owner";
import { Store } from "../../store/store";
import { visibleJson } from "../../base/visible";
import { runCheck } from "../plan/agent";
import type { CheckedStore } from "../report/check-table";
import { checkLines, driftLines } from "../report/check-table";
import type { Contents } from "../plan/contents";
import { noStore } from "../errors";
import { storeProblems } from "../plan/guard";
import { hostedNodesOf } from "../plan/rollout-changes";
import type { State } from "../plan/state";
import { refuseAnotherWorkspace } from "../plan/stores";
import { type Context, shownPath } from "../plan/workspace";

/** Compares the hosts of some stores with what was made for them. */
export async function check(
  paths: readonly string[],
  { json }: { readonly json: boolean },
  context: Context,
): Promise<number> {
  const { output } = context;
  const directories = paths.map((path) => {
    const directory = resolve(path);
    if (!new Store(directory).isClaimed) throw noStore(path);
    refuseAnotherWorkspace(directory, context.environment);
    return directory;
  });
  const stores: CheckedStore[] = [];
  for (const directory of directories) {
    const store = await checkStore(directory, context);
    if (!json) {
      if (stores.length > 0) output.say();
      for (const line of checkLines(store, output.style)) output.say(line);
    }
    stores.push(store);
  }
  const exitCode = Math.max(...stores.map(exitCodeOf));
  if (json) output.say(visibleJson({ exitCode, stores }, 2));
  return exitCode;
}

/** 0: all is well. 1: something could not be looked at. 2: a host differs, or others can reach into the store. */
function exitCodeOf({
  nodes,
  failure,
  problems = [],
}: CheckedStore): 0 | 1 | 2 {
  if (nodes.some(differs) || problems.length > 0) return 2;
  return failure !== undefined || nodes.some(({ unreachable }) => unreachable)
    ? 1
    : 0;
}

async function checkStore(
  directory: string,
  context: Context,
): Promise<CheckedStore> {
  const { problems, blocked } = storeProblems(new Store(directory));
  const store = shownPath(directory);
  if (blocked) return { store, nodes: [], retired: [], problems };
  const inventory = new Store(directory).inventory();
  const { stack = "", clusterName, nodes = {} } = inventory ?? {};
  const about = {
    store,
    ...(problems.length > 0 && { problems }),
    ...(stack && { stack }),
    ...(clusterName && { clusterName }),
    retired: Object.keys(nodes).filter((name) => nodes[name].retired),
  };
  if (checkedNodes(inventory).length === 0) return { ...about, nodes: [] };
  const request: CheckRequest = {
    action: "check",
    store: directory,
    stack,
    workspace: workspaceOf(inventory),
    workingDirectory: process.cwd(),
  };
  const result = await runCheck(request, context);
  return typeof result === "string"
    ? { ...about, nodes: [], failure: result }
    : { ...about, nodes: result };
}

/**
 * What is told before a deploy: nothing where all is well. A check that cannot be made is no reason not to deploy, and
 * where a rollout has not come to its end the plan has it anyway.
 */
export async function checkBeforeDeploy(
  { resources, stores }: Contents,
  state: State,
  context: Context,
): Promise<void> {
  const { output } = context;
  const rolledOut = new Set(
    [...resources.values()].flatMap((row) =>
      row.kind === "rollout" &&
      state.resources.get(row.address)?.tainted === false
        ? hostedNodesOf(row).map(({ node }) => node.name)
        : [],
    ),
  );
  for (const { directory, stack } of stores) {
    const inventory = new Store(directory).inventory();
    const nodes = checkedNodes(inventory).map(({ name }) => name);
    const isOurs = inventory?.stack === stack;
    if (!isOurs || !nodes.some((name) => rolledOut.has(name))) continue;
    const result = await checkStore(directory, context);
    const lines = driftLines(
      result.nodes.filter(({ node }) => rolledOut.has(node)),
    );
    if (result.failure !== undefined)
      output.say(
        `${result.store}: hosts not compared: ${result.failure.split("\n")[0]}`,
      );
    if (lines.length > 0)
      output.say(`${result.store}: not all hosts are as they should be`);
    for (const line of lines) output.say(`  ${line}`);
  }
}
