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
 * Places on the machine that synthesizes. Terraform and the agent run in the stack's folder, and the system follows
 * links before it goes up by `..`: so a way that leaves that folder has to start at the folder's real place.
 */

/** The way from the stack's folder to a path, which is relative to the working directory. */
export const fromStackFolder = (scope: IConstruct, path: string): string =>
  relative(stackFolder(scope), resolve(path)).split(sep).join("/");

/** Refuses a folder whose content would be deleted with something else, or that would take something else with it. */
export function checkStorePlace(scope: IConstruct, directory: string): void {
  const [store, here, outdir] = [
    realPlace(directory),
    realPlace("."),
    outputFolder(scope),
  ];
  if (contains(store, here)) throw storeAround(directory);
  if (contains(store, outdir)) throw storeAroundOutput(directory, outdir);
  // An output folder around the whole project is not thrown away, but cdktf deletes what it does not know in `stacks`.
  const temporary = contains(outdir, here) ? join(outdir, "stacks") : outdir;
  if (contains(temporary, store)) throw storeInOutput(directory, temporary);
}

/** With its links followed, as far as it exists and may be seen. */
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

/** What `Testing` of cdktf writes is the same everywhere, as if it went to the default folder without links. */
function outputFolder(scope: IConstruct, below = ""): string {
  const { outdir } = App.of(scope);
  return isOfTesting(outdir)
    ? resolve("cdktf.out", below)
    : realPlace(join(outdir, below));
}

/**
 * The temporary folder that `Testing.app()` makes. Its name tells, because an app of `Testing` with an `outdir` is one
 * that writes for Terraform, and whoever runs an app for Terraform names its folder in CDKTF_OUTDIR.
 */
function isOfTesting(outdir: string): boolean {
  const asked = process.env.CDKTF_OUTDIR;
  return (
    dirname(outdir) === resolve(tmpdir()) &&
    /^cdktf\.outdir\.\w{6}$/.test(basename(outdir)) &&
    (asked === undefined || resolve(asked) !== outdir)
  );
}

/**
 * Whether one of two folders is, or is in, the other one. What stands for a workspace may be any name: that they are one
 * in some workspace is found before somebody creates it.
 */
export function overlap(one: string, other: string): boolean {
  const [shorter, longer] = [one.split(sep), other.split(sep)].sort(
    (a, b) => a.length - b.length,
  );
  return shorter.every((part, at) => mayBe(part, longer[at]));
}

const mayBe = (one: string, other: string): boolean =>
  one === other || mayBecome(one, other) || mayBecome(other, one);

/** In the same workspace, what stands for it on both sides is the same. */
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
