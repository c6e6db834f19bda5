import { resolve } from "node:path";
import { Store } from "../agent/store";
import { runTeardown } from "./agent";
import { noStore, storeInUse } from "./errors";
import { stackOf } from "./stores";
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
  if (owner) throw storeInUse(shownPath(directory), owner.name);

  const request = {
    action: "teardown",
    store: directory,
    stack: inventory?.stack ?? "",
    retainAuthorities: true,
  } as const;
  return (await runTeardown(request, process.cwd(), context)) ? 0 : 1;
}
