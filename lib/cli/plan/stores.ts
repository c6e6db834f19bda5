import { resolve } from "node:path";
import { AgentError } from "../../base/errors";
import { isStore } from "../../store/kept";
import { workspaceOf } from "../../store/owner";
import { Store } from "../../store/store";
import { noStore } from "../errors";
import { DEFAULT_WORKSPACE } from "../../store/workspace";
import { type Project, readProject, readStacks, type Stack } from "./app";
import type { Environment } from "./children";
import { readContents } from "./contents";
import { DEFAULT_DIRECTORY, isSame, storesIn } from "./forgotten";
import { requireWorkspace, workspaceOfStore } from "./owner";
import { selectedWorkspace } from "./selected-workspace";

/** The app's stores in the selected workspace, or, if it has none, the stores in the default folder. */
export function knownStores(environment: Environment): string[] {
  const known = lastStacks().flatMap((stack) =>
    storesOf(stack, selectedWorkspace(stack.directory, environment)),
  );
  return known.length > 0 ? known : storesIn(DEFAULT_DIRECTORY);
}

/** The stacks of the last synthesis; none if there is no app here, or if it was never synthesized. */
export function lastStacks(): Stack[] {
  let project: Project;
  try {
    project = readProject(process.cwd());
  } catch {
    return [];
  }
  return readStacks(project);
}

/** The stack of the last synthesis that contains this store, in the workspace to which the store belongs. */
export function stackOf(directory: string): Stack | undefined {
  const workspace = readableWorkspace(directory) ?? DEFAULT_WORKSPACE;
  return lastStacks().find((stack) =>
    storesOf(stack, workspace).some((store) => isSame(store, directory)),
  );
}

/** The folder of a store that was named on the command line. Throws if it is none, or that of another workspace. */
export function usableStore(path: string, environment: Environment): string {
  const directory = resolve(path);
  if (!isStore(new Store(directory))) throw noStore(path);
  refuseAnotherWorkspace(directory, environment);
  return directory;
}

/** What a request to the agent about a store says of it, if no Terraform runs the agent. */
export function requestAbout(directory: string) {
  const inventory = new Store(directory).inventory();
  return {
    store: directory,
    stack: inventory?.stack ?? "",
    workspace: workspaceOf(inventory),
    workingDirectory: process.cwd(),
  };
}

/** The release of Kubernetes that the last synthesis wants for the cluster of this store, as far as it is known there. */
export function programVersionOf(directory: string): string | undefined {
  const stack = stackOf(directory);
  if (stack === undefined) return undefined;
  const { resources } = readContents(stack, readableWorkspace(directory));
  return [...resources.values()].flatMap((row) =>
    row.kind === "rollout" && isSame(row.store.directory, directory)
      ? [row.request.kubernetesVersion]
      : [],
  )[0];
}

/** Refuses a store that does not belong to the workspace selected for its stack, or by TF_WORKSPACE. */
export function refuseAnotherWorkspace(
  directory: string,
  environment: Environment,
): void {
  const stack = stackOf(directory);
  const selected = stack
    ? selectedWorkspace(stack.directory, environment)
    : environment.TF_WORKSPACE;
  if (selected && readableWorkspace(directory) !== undefined)
    requireWorkspace(directory, selected);
}

/** The store's workspace; `undefined` if the store cannot be read. The command itself then reports why. */
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
