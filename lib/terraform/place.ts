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
  const thrownAway = contains(outdir, here) ? join(outdir, "stacks") : outdir;
  if (contains(thrownAway, store)) throw storeInOutput(directory, thrownAway);
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

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
