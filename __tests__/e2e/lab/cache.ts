import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CACHE, forgetInterrupted, type Say } from "../binaries";
import { seconds } from "../say";

/** All of the lab is on one file system, since the disks of hosts link to what is kept. */
export const LAB = join(CACHE, "lab");

/**
 * A folder that is made once from the same inputs. It is made beside and renamed, so that what has its name is whole
 * whenever this is interrupted.
 */
export function madeOnce(
  name: string,
  inputs: readonly unknown[],
  say: Say,
  make: (directory: string) => void,
): string {
  const hash = createHash("sha256").update(JSON.stringify(inputs));
  const directory = join(LAB, `${name}-${hash.digest("hex").slice(0, 12)}`);
  if (existsSync(directory)) {
    say(`${name}: in ${directory}`);
    return directory;
  }
  const start = Date.now();
  say(`${name}: making it (once; kept in ${directory})`);
  mkdirSync(LAB, { recursive: true });
  forgetInterrupted(LAB);
  const workplace = join(LAB, `.building-${process.pid}`);
  mkdirSync(workplace);
  try {
    make(workplace);
    rename(workplace, directory);
  } finally {
    rmSync(workplace, { recursive: true, force: true });
  }
  say(`${name}: made in ${seconds(start)}`);
  return directory;
}

/** Another run may have been faster: its folder is as good. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}
