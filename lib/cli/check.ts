import { resolve } from "node:path";
import type { CheckRequest } from "../agent/request";
import { checkedNodes, differs, type NodeDrift } from "../agent/rollout/drift";
import { type Inventory, Store } from "../agent/store";
import { runCheck } from "./agent";
import { checkLines, driftLines } from "./check-table";
import type { StackStore } from "./contents";
import { noStore } from "./errors";
import { baseOf } from "./stores";
import { type Context, shownPath } from "./workspace";

/** What a check found in one store. */
export interface CheckedStore {
  readonly store: string;
  readonly stack?: string;
  readonly clusterName?: string;
  /** Those on hosts. */
  readonly nodes: readonly NodeDrift[];
  /** Nodes that left the cluster, whose machines are not looked at. */
  readonly retired: readonly string[];
  /** Why nothing could be compared. */
  readonly failure?: string;
}

/** Compares the hosts of some stores with what was made for them. */
export async function check(
  paths: readonly string[],
  { json }: { readonly json: boolean },
  context: Context,
): Promise<number> {
  const { output } = context;
  const directories = paths.map((path) => {
    const directory = resolve(path);
    if (!new Store(directory).inventory()) throw noStore(path);
    return directory;
  });
  const stores: CheckedStore[] = [];
  for (const directory of directories) {
    const store = await checkStore(directory, baseOf(directory), context);
    if (!json) {
      if (stores.length > 0) output.say();
      for (const line of checkLines(store, output.style)) output.say(line);
    }
    stores.push(store);
  }
  const exitCode = Math.max(...stores.map(exitCodeOf));
  if (json) output.say(JSON.stringify({ exitCode, stores }, undefined, 2));
  return exitCode;
}

/** 0: all is well. 1: something could not be looked at. 2: a host differs. */
function exitCodeOf({ nodes, failure }: CheckedStore): 0 | 1 | 2 {
  if (nodes.some(differs)) return 2;
  return failure !== undefined || nodes.some(({ unreachable }) => unreachable)
    ? 1
    : 0;
}

/** @param base where paths in the inventory start */
export async function checkStore(
  directory: string,
  base: string,
  context: Context,
): Promise<CheckedStore> {
  const inventory = new Store(directory).inventory();
  const { stack = "", clusterName, nodes = {} } = inventory ?? {};
  const about = {
    store: shownPath(directory),
    ...(stack && { stack }),
    ...(clusterName && { clusterName }),
    retired: Object.keys(nodes).filter((name) => nodes[name].retired),
  };
  if (!hasHosts(inventory)) return { ...about, nodes: [] };
  const request: CheckRequest = { action: "check", store: directory, stack };
  const result = await runCheck(request, base, context);
  return typeof result === "string"
    ? { ...about, nodes: [], failure: result }
    : { ...about, nodes: result };
}

/** Whether there is anything to compare. */
export const hasHosts = (inventory: Inventory | undefined): boolean =>
  checkedNodes(inventory).length > 0;

/** What is told before a deploy: nothing where all is well. A check that cannot be made is no reason not to deploy. */
export async function checkBeforeDeploy(
  { directory, base, stack }: StackStore,
  context: Context,
): Promise<void> {
  const { output } = context;
  const inventory = new Store(directory).inventory();
  if (inventory?.stack !== stack || !hasHosts(inventory)) return;
  const { store, nodes, failure } = await checkStore(directory, base, context);
  if (failure !== undefined)
    return output.say(
      `${store}: hosts not compared: ${failure.split("\n")[0]}`,
    );
  const lines = driftLines(nodes);
  if (lines.length === 0) return;
  output.say(`${store}: not all hosts are as they should be`);
  for (const line of lines) output.say(`  ${line}`);
}
