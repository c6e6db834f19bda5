import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { CACHE, forgetInterrupted, type Say } from "../binaries";
import { seconds } from "../say";

/** The folder of the labs. It is one file system, because the disks of hosts are linked to cached files. */
export const LAB = join(CACHE, "lab");
/** The prefix of the folders of running labs. */
export const RUN = "run-";

/**
 * A folder that is made once for the same inputs. It is made under another name and renamed, so that an interruption
 * leaves no incomplete folder.
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
    forgetOthers(name, directory);
  } finally {
    rmSync(workplace, { recursive: true, force: true });
  }
  say(`${name}: made in ${seconds(start)}`);
  return directory;
}

/** Removes folders for other inputs, unless a lab runs, which may need them. */
function forgetOthers(name: string, directory: string): void {
  const folders = readdirSync(LAB);
  if (folders.some((folder) => folder.startsWith(RUN))) return;
  for (const folder of folders)
    if (folder.startsWith(`${name}-`) && join(LAB, folder) !== directory)
      rmSync(join(LAB, folder), { recursive: true, force: true });
}

/** Renames a folder. If another run was faster, its folder is used. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}
