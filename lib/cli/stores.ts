import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Inventory, Store } from "../agent/store";
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
  const project = thisProject();
  return project === undefined ? [] : readStacks(project);
}

/** The stack of the app, as it was synthesized last, that has this store. */
export const stackOf = (directory: string): Stack | undefined =>
  lastStacks().find((stack) =>
    readContents(stack).stores.some((store) => store.directory === directory),
  );

/**
 * Where paths in an inventory start, such as that of a key for SSH: the folder of the stack, which may not have been
 * synthesized here, or never again.
 */
export function baseOf(directory: string): string {
  const known = stackOf(directory);
  if (known) return known.directory;
  const project = thisProject();
  const { stack }: Partial<Inventory> = new Store(directory).inventory() ?? {};
  if (project === undefined || !stack) return process.cwd();
  const base = join(project.outdir, "stacks", stack);
  if (!existsSync(base)) mkdirSync(base, { recursive: true });
  return base;
}

function thisProject(): Project | undefined {
  try {
    return readProject(process.cwd());
  } catch {
    return undefined;
  }
}
