import { type Project, readProject, readStacks, type Stack } from "./app";
import { readContents } from "./contents";
import { DEFAULT_DIRECTORY, storesIn } from "./forgotten";

/** Those of the app, or those in the default folder. */
export function knownStores(): string[] {
  const known = lastStacks().flatMap((stack) =>
    readContents(stack).stores.map(({ directory }) => directory),
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

/** The stack of the app, as it was synthesized last, that has this store. */
export const stackOf = (directory: string): Stack | undefined =>
  lastStacks().find((stack) =>
    readContents(stack).stores.some((store) => store.directory === directory),
  );
