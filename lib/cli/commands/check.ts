import type { CheckRequest } from "../../request/request";
import { hasDrifted } from "../../request/drift";
import { checkedNodes, nodesNeverSetUp } from "../../store/inventory";
import { Store } from "../../store/store";
import { visibleJson } from "../../base/visible";
import { runCheck } from "../plan/agent";
import { checkedBackups } from "../report/backup-age";
import type { CheckedStore } from "../report/check-table";
import { checkLines, driftLines, hasAlarm } from "../report/check-table";
import type { Contents } from "../plan/contents";
import { storeProblems } from "../plan/store-problems";
import { hostedNodesOf } from "../plan/rollout-changes";
import type { State } from "../plan/state";
import { requestAbout, usableStore } from "../plan/stores";
import type { Context } from "../plan/workspace";
import { shownPath } from "../text";

/** Compares the hosts of each store with their node trees. */
export async function check(
  paths: readonly string[],
  context: Context,
): Promise<number> {
  const { output } = context;
  const directories = paths.map((path) =>
    usableStore(path, context.environment),
  );
  const stores: CheckedStore[] = [];
  for (const directory of directories) {
    const store = await checkStore(directory, context);
    if (stores.length > 0) output.say();
    const now = new Date(context.clock.now());
    for (const line of checkLines(store, now, output.style)) output.say(line);
    stores.push(store);
  }
  const exitCode = Math.max(...stores.map(exitCodeOf));
  output.document(() => visibleJson({ exitCode, stores }, 2));
  return exitCode;
}

/**
 * 0: no differences. 1: a host could not be reached or was never set up, a store's hosts could not be compared, or etcd
 * comes near its quota. 2: a host differs, etcd has an alarm or was not saved as its schedule says, or the store has a
 * problem, such as files that other users can read.
 */
function exitCodeOf({
  nodes,
  neverSetUp = [],
  failure,
  problems = [],
  backups,
}: CheckedStore): 0 | 1 | 2 {
  const found = [...problems, ...(backups?.problems ?? [])];
  if (nodes.some(hasDrifted) || nodes.some(hasAlarm) || found.length > 0)
    return 2;
  return failure !== undefined ||
    neverSetUp.length > 0 ||
    nodes.some(({ unreachable, etcd }) => unreachable ?? etcd)
    ? 1
    : 0;
}

export async function checkStore(
  directory: string,
  context: Context,
): Promise<CheckedStore> {
  const { problems, blocked } = storeProblems(new Store(directory));
  const store = shownPath(directory);
  if (blocked) return { store, nodes: [], retired: [], problems };
  const inventory = new Store(directory).inventory();
  const { stack = "", clusterName, nodes = {} } = inventory ?? {};
  const neverSetUp = nodesNeverSetUp(inventory);
  const about = {
    store,
    ...(problems.length > 0 && { problems }),
    ...(stack && { stack }),
    ...(clusterName && { clusterName }),
    retired: Object.keys(nodes).filter((name) => nodes[name].retired),
    ...(neverSetUp.length > 0 && { neverSetUp }),
  };
  if (checkedNodes(inventory).length === 0) return { ...about, nodes: [] };
  const request: CheckRequest = {
    action: "check",
    ...requestAbout(directory),
  };
  const result = await context.output.during({ phase: "check", store }, () =>
    runCheck(request, context),
  );
  if (typeof result === "string")
    return { ...about, nodes: [], failure: result };
  const now = new Date(context.clock.now());
  const backups = checkedBackups(result, inventory ?? {}, now);
  return { ...about, nodes: result, ...(backups && { backups }) };
}

/**
 * Checks the hosts before a deploy, and prints only what differs. If the check itself fails, the deploy continues.
 * Nodes of a rollout that has not succeeded yet are left out, because the plan runs that rollout anyway.
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
    const { store, failure } = result;
    const compared = result.nodes.filter(({ node }) => rolledOut.has(node));
    output.event("checked", { store, nodes: compared, failure });
    const lines = driftLines(compared, store);
    if (failure !== undefined)
      output.note(
        `${store}: the hosts could not be compared: ${failure.split("\n")[0]}`,
      );
    if (lines.length > 0)
      output.note(`${store}: some hosts are not as they should be`);
    for (const line of lines) output.note(`  ${line}`);
  }
}
