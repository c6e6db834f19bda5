import { readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { realPath } from "./app";
import { Store } from "../../store/store";
import { workspaceOfStore } from "./owner";
import { quoted, shownPath } from "../text";
import type { Workspace } from "./workspace";

/** The default folder of all stores. */
export const DEFAULT_DIRECTORY = "clusters";

/**
 * Warnings about clusters that are no longer in the app. When a cluster is deleted from the program, Terraform removes
 * its resources from the state, but does not run its teardown.
 */
export function forgottenStores(workspace: Workspace): string[] {
  const known = workspace.stacks.flatMap((stack) =>
    workspace.contentsOf(stack).stores.map(({ directory }) => directory),
  );
  const workspaces = new Set<string | undefined>(
    workspace.stacks.map((stack) => workspace.nameFor(stack)),
  );
  const folders = new Set([
    resolve(DEFAULT_DIRECTORY),
    ...known.map((directory) => dirname(directory)),
  ]);
  return (
    [...folders]
      .flatMap(storesIn)
      .filter((directory) => !known.some((store) => isSame(store, directory)))
      // A store of another workspace may still be in use there.
      .filter((directory) => workspaces.has(workspaceOfStore(directory)))
      .map((directory) => {
        const shown = shownPath(directory);
        return [
          `${shown} holds a cluster that is not in this app. If you deleted it from the program, remove what is left of it:`,
          `  npx cdktf-control-plane teardown ${quoted(shown)}`,
        ].join("\n");
      })
  );
}

/** The stores in a folder. */
export function storesIn(folder: string): string[] {
  return foldersIn(folder)
    .map((name) => join(folder, name))
    .filter(isStore)
    .sort();
}

/** A folder that cannot be read counts as a store, so that the command which uses it reports why. */
function isStore(directory: string): boolean {
  try {
    return new Store(directory).isClaimed;
  } catch {
    return true;
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Whether two paths lead to the same folder, possibly through symbolic links. */
export function isSame(one: string, other: string): boolean {
  return one === other || realPath(one) === realPath(other);
}
