import { storeOfAnotherWorkspace } from "../../store/errors";
import { workspaceOf } from "../../store/owner";
import { Store } from "../../store/store";
import { CliError } from "../errors";

/** The workspace to which a store belongs; `undefined` if the store has no owner yet. */
export const workspaceOfStore = (directory: string): string | undefined =>
  workspaceOf(new Store(directory).inventory());

/** Refuses a store that belongs to another workspace. */
export function requireWorkspace(directory: string, workspace: string): void {
  const owner = workspaceOfStore(directory);
  if (owner === undefined || owner === workspace) return;
  const shown = new Store(directory).shown();
  throw new CliError(storeOfAnotherWorkspace(shown, owner, workspace).message);
}
