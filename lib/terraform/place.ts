import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import {
  basename,
  dirname,
  isAbsolute,
  join,
  relative,
  resolve,
  sep,
} from "node:path";
import { App, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { WORKSPACE } from "../catalog/paths";
import { storeAround, storeAroundOutput, storeInOutput } from "./errors";

/**
 * Paths on the machine that synthesizes. Terraform and the agent run in the stack's folder. The system resolves symbolic
 * links before it applies `..`, so a path that leaves the stack's folder must start at the folder's real path.
 */

/** The path, relative to the stack's folder, of a path that is relative to the working directory. */
export const fromStackFolder = (scope: IConstruct, path: string): string =>
  relative(stackFolder(scope), resolve(path)).split(sep).join("/");

/** Refuses a store's folder if it contains the program or cdktf's output, or if it is inside cdktf's output. */
export function checkStorePlace(scope: IConstruct, directory: string): void {
  const [store, here, outdir] = [
    realPlace(directory),
    realPlace("."),
    outputFolder(scope),
  ];
  if (contains(store, here)) throw storeAround(directory);
  if (contains(store, outdir)) throw storeAroundOutput(directory, outdir);
  // If the output folder contains the whole project, nobody deletes it. But cdktf deletes unknown folders in `stacks`.
  const temporary = contains(outdir, here) ? join(outdir, "stacks") : outdir;
  if (contains(temporary, store)) throw storeInOutput(directory, temporary);
}

/** A path with its symbolic links resolved, as far as the path exists and can be read. */
export function realPlace(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute
      ? absolute
      : join(realPlace(parent), basename(absolute));
  }
}

const stackFolder = (scope: IConstruct): string =>
  outputFolder(scope, join("stacks", TerraformStack.of(scope).node.id));

/** The output folder. In tests with cdktf's `Testing`, it is the default folder, so that the output is always the same. */
function outputFolder(scope: IConstruct, below = ""): string {
  const { outdir } = App.of(scope);
  return isTestingFolder(outdir)
    ? resolve("cdktf.out", below)
    : realPlace(join(outdir, below));
}

/**
 * Whether a folder is the temporary folder of `Testing.app()`, which is recognised by its name. An app whose output
 * Terraform will use does not count: it has another `outdir`, or its folder is in CDKTF_OUTDIR.
 */
function isTestingFolder(outdir: string): boolean {
  const requested = process.env.CDKTF_OUTDIR;
  return (
    dirname(outdir) === resolve(tmpdir()) &&
    /^cdktf\.outdir\.\w{6}$/.test(basename(outdir)) &&
    (requested === undefined || resolve(requested) !== outdir)
  );
}

/**
 * Whether two folders are the same, or one is inside the other, in at least one workspace. The workspace placeholder
 * matches any name, so that an overlap is found before somebody creates the workspace.
 */
export function overlap(one: string, other: string): boolean {
  const [shorter, longer] = [one.split(sep), other.split(sep)].sort(
    (a, b) => a.length - b.length,
  );
  return shorter.every((part, at) => mayBe(part, longer[at]));
}

const mayBe = (one: string, other: string): boolean =>
  one === other || mayBecome(one, other) || mayBecome(other, one);

/** Whether a part with the placeholder can become a name. If both have it, they are equal or differ in every workspace. */
function mayBecome(part: string, name: string): boolean {
  const literals = part.split(WORKSPACE);
  return (
    literals.length > 1 &&
    !name.includes(WORKSPACE) &&
    name.length >= literals.join("").length &&
    name.startsWith(literals[0]) &&
    name.endsWith(literals[literals.length - 1])
  );
}

function contains(folder: string, path: string): boolean {
  const route = relative(folder, path);
  return route !== ".." && !route.startsWith(`..${sep}`) && !isAbsolute(route);
}
