import { readdirSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Store } from "../../store/store";
import { workspaceOfStore } from "./owner";
import { quoted } from "../text";
import { shownPath, type Workspace } from "./workspace";

/** Where clusters are kept unless the program says otherwise. */
export const DEFAULT_DIRECTORY = "clusters";

/**
 * Clusters that the app no longer has. Terraform removes their records, but runs no teardown of what left the
 * program.
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
      // In another workspace it may well be in use.
      .filter((directory) => workspaces.has(workspaceOfStore(directory)))
      .map((directory) => {
        const shown = shownPath(directory);
        return [
          `${shown} holds a cluster that is not in this app. If you deleted it from the program, remove what is left:`,
          `  npx cdktf-control-plane teardown ${quoted(shown)}`,
        ].join("\n");
      })
  );
}

/** The folders below this one in which a cluster is. */
export function storesIn(folder: string): string[] {
  return foldersIn(folder)
    .map((name) => join(folder, name))
    .filter(isStore)
    .sort();
}

/** What cannot be looked at may be one: whoever asks for it is told why. */
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

/** Whether two paths lead to one folder, by links or not. */
export function isSame(one: string, other: string): boolean {
  return one === other || realPath(one) === realPath(other);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
