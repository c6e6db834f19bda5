import { resolve } from "node:path";
import { workspaceOf } from "../../store/owner";
import { DEFAULT_WORKSPACE } from "../../store/workspace";
import { isStore } from "../../store/kept";
import { Store } from "../../store/store";
import { removalWords } from "./destroy";
import { runChange } from "../plan/agent";
import { noStore, storeInUse } from "../errors";
import { refuseAnotherWorkspace, stackOf } from "../plan/stores";
import type { Context } from "../plan/workspace";
import { shownPath } from "../text";

/** Removes a cluster that is no longer in the program, in the same way as Terraform's destroy would have. */
export async function teardown(
  path: string,
  context: Context,
): Promise<number> {
  const directory = resolve(path);
  const store = new Store(directory);
  const inventory = store.inventory();
  if (!isStore(store)) throw noStore(path);
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
  // Terraform has no record of the store any more, so none of the user's resources is removed.
  context.output.say(
    `${removalWords(directory, request)}; no Terraform resource is changed`,
  );
  return (await runChange(request, process.cwd(), context)) ? 0 : 1;
}
