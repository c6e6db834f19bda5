import { resolve } from "node:path";
import { Store } from "../agent/store";
import { runTeardown } from "./agent";
import { type Project, readProject, readStacks, type Stack } from "./app";
import { readContents } from "./contents";
import { noStore, storeInUse } from "./errors";
import { type Context, shownPath } from "./workspace";

/** For a cluster that left the program: what Terraform would have removed, had its resources still been there. */
export async function teardown(
  path: string,
  context: Context,
): Promise<number> {
  const directory = resolve(path);
  const store = new Store(directory);
  const inventory = store.inventory();
  if (inventory === undefined && store.stamps().size === 0) throw noStore(path);
  const owner = stackOf(directory);
  if (owner) throw storeInUse(shownPath(directory), owner);

  const request = {
    action: "teardown",
    store: directory,
    stack: inventory?.stack ?? "",
    retainAuthorities: true,
  } as const;
  return (await runTeardown(request, process.cwd(), context)) ? 0 : 1;
}

/** The stack of the app, as it was synthesized last, that has this store. */
function stackOf(directory: string): string | undefined {
  return lastStacks().find((stack) =>
    readContents(stack).stores.some((store) => store.directory === directory),
  )?.name;
}

/** None where this is no app, or one that was never synthesized. */
export function lastStacks(): Stack[] {
  let project: Project;
  try {
    project = readProject(process.cwd());
  } catch {
    return [];
  }
  return readStacks(project);
}
