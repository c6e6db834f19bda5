import { resolve } from "node:path";
import { workspaceOf } from "../../store/owner";
import { DEFAULT_WORKSPACE } from "../../store/workspace";
import { Store } from "../../store/store";
import { removalWords } from "./destroy";
import { runTeardown } from "../plan/agent";
import { noStore, storeInUse } from "../errors";
import { refuseAnotherWorkspace, stackOf } from "../plan/stores";
import { type Context, shownPath } from "../plan/workspace";

/** For a cluster that left the program: what Terraform would have removed, had its resources still been there. */
export async function teardown(
  path: string,
  context: Context,
): Promise<number> {
  const directory = resolve(path);
  const store = new Store(directory);
  const inventory = store.inventory();
  if (inventory === undefined && store.stamps().size === 0) throw noStore(path);
  const workspace = workspaceOf(inventory) ?? DEFAULT_WORKSPACE;
  const owner = stackOf(directory);
  if (owner) throw storeInUse(shownPath(directory), owner.name, workspace);
  refuseAnotherWorkspace(directory, context.environment);

  const request = {
    action: "teardown",
    store: directory,
    stack: inventory?.stack ?? "",
    workspace,
    workingDirectory: process.cwd(),
    retainAuthorities: true,
  } as const;
  // Terraform knows nothing of the store any more, so that nothing of the user's can be among what goes.
  context.output.say(
    `${removalWords(directory)}; no resource of Terraform's is changed`,
  );
  return (await runTeardown(request, process.cwd(), context)) ? 0 : 1;
}
