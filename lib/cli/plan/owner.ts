import { storeOfAnotherWorkspace } from "../../store/errors-owner";
import { workspaceOf } from "../../store/owner";
import { Store } from "../../store/store";
import { CliError } from "../errors";

/** The workspace that a store belongs to; `undefined` where nobody has claimed it. */
export const workspaceOfStore = (directory: string): string | undefined =>
  workspaceOf(new Store(directory).inventory());

/** Refuses the store of another workspace than this one. */
export function refuseStoreOfAnother(
  directory: string,
  workspace: string,
): void {
  const owner = workspaceOfStore(directory);
  if (owner === undefined || owner === workspace) return;
  const shown = new Store(directory).shown();
  throw new CliError(storeOfAnotherWorkspace(shown, owner, workspace).message);
}
