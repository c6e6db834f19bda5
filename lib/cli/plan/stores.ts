import { AgentError } from "../../base/errors";
import { DEFAULT_WORKSPACE } from "../../store/workspace";
import { type Project, readProject, readStacks, type Stack } from "./app";
import type { Environment } from "./children";
import { readContents } from "./contents";
import { DEFAULT_DIRECTORY, isSame, storesIn } from "./forgotten";
import { refuseStoreOfAnother, workspaceOfStore } from "./owner";
import { selectedWorkspace } from "./selected-workspace";

/** Those of the app in the workspace that is selected, or those in the default folder. */
export function knownStores(environment: Environment): string[] {
  const known = lastStacks().flatMap((stack) =>
    storesOf(stack, selectedWorkspace(stack.directory, environment)),
  );
  return known.length > 0 ? known : storesIn(DEFAULT_DIRECTORY);
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

/** The stack of the app, as it was synthesized last, that has this store in the workspace which the store belongs to. */
export function stackOf(directory: string): Stack | undefined {
  const workspace = readableWorkspace(directory) ?? DEFAULT_WORKSPACE;
  return lastStacks().find((stack) =>
    storesOf(stack, workspace).some((store) => isSame(store, directory)),
  );
}

/** Refuses the store of another workspace than the one that is asked for, or that is selected for its stack. */
export function refuseAnotherWorkspace(
  directory: string,
  environment: Environment,
): void {
  const stack = stackOf(directory);
  const selected = stack
    ? selectedWorkspace(stack.directory, environment)
    : environment.TF_WORKSPACE;
  if (selected && readableWorkspace(directory) !== undefined)
    refuseStoreOfAnother(directory, selected);
}

/** Where a store cannot be read, the command itself says why. */
function readableWorkspace(directory: string): string | undefined {
  try {
    return workspaceOfStore(directory);
  } catch (error) {
    if (error instanceof AgentError) return undefined;
    throw error;
  }
}

const storesOf = (stack: Stack, workspace: string): string[] =>
  readContents(stack, workspace).stores.map(({ directory }) => directory);
