import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { renameSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../../base/clock";
import { AgentError } from "../../base/errors";
import {
  kubeconfigChanging,
  notAKubeconfig,
  unwritableKubeconfig,
} from "./errors";
import { errorCode, writeNew } from "../../base/files";
import { Folder, type Spot } from "./held-folder";
import { locked } from "./lock";

const TRIES = 5;

export interface Change {
  /** `undefined`: the file is to go. */
  readonly text: string | undefined;
}

export interface Place {
  readonly clock: Clock;
  /** For people, as the program has it. */
  readonly shown: string;
  readonly path: string;
  /** Nothing of ours is in it yet: as it is, it stays beside. */
  readonly isTheirs: boolean;
}

/**
 * Changes a file that others write as well: under the lock that kubectl takes, through links, written beside and
 * swapped, for its owner's eyes only. As it was before it was changed for the first time, it stays beside.
 */
export async function changeFile<T extends Change>(
  place: Place,
  change: (text: string | undefined) => T,
): Promise<T> {
  const { shown, path, clock } = place;
  try {
    const folder = Folder.open(dirname(path), shown);
    try {
      return await locked(folder, path, shown, clock, async () => {
        for (let at = 0; at < TRIES; at++) {
          const result = await attempt(place, change);
          if (result) return result;
        }
        throw kubeconfigChanging(shown);
      });
    } finally {
      folder.close();
    }
  } catch (error) {
    if (error instanceof AgentError || !errorCode(error)) throw error;
    throw unwritableKubeconfig(shown, errorCode(error));
  }
}

/** Gives nothing where somebody else was faster. */
async function attempt<T extends Change>(
  { shown, path, isTheirs }: Place,
  change: (text: string | undefined) => T,
): Promise<T | undefined> {
  const spot = Folder.spot(path, shown);
  try {
    const bytes = spot.folder.read(spot.name);
    // Read as if it were, it would not be written as it was.
    if (bytes && !isUtf8(bytes)) throw notAKubeconfig(shown, "it is not UTF-8");
    const before = bytes?.toString();
    const result = change(before);
    if (result.text === before) return result;
    if (isTheirs) await keepCopy(spot, before);
    return (await swap(spot, before, result.text)) ? result : undefined;
  } finally {
    spot.folder.close();
  }
}

async function keepCopy(
  { folder, name }: Spot,
  text: string | undefined,
): Promise<void> {
  if (text === undefined || text.trim() === "") return;
  const copy = folder.at(`${name}.before-cdktf-control-plane`);
  try {
    await writeNew(copy, text, 0o600, folder.ownerOf(name));
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

/** Returns whether it was still as it was read. */
async function swap(
  { folder, name }: Spot,
  before: string | undefined,
  text: string | undefined,
): Promise<boolean> {
  const isSame = () => folder.read(name)?.toString() === before;
  if (text === undefined) {
    if (!isSame()) return false;
    folder.remove(name);
    return true;
  }
  const beside = `${name}.${randomBytes(8).toString("hex")}.new`;
  try {
    // Root, by sudo for example, would leave a file that its owner can't read.
    await writeNew(folder.at(beside), text, 0o600, folder.ownerOf(name));
    if (!isSame()) return false;
    renameSync(folder.at(beside), folder.at(name));
    return true;
  } finally {
    folder.remove(beside);
  }
}
