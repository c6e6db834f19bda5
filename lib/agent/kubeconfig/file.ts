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
  /** The new text; `undefined` if the file is to be removed. */
  readonly text: string | undefined;
}

export interface Place {
  readonly clock: Clock;
  /** The path in the program, for messages. */
  readonly shown: string;
  readonly path: string;
  /** Whether it contains no entries of ours yet. Then a copy of the original is kept beside it. */
  readonly isTheirs: boolean;
}

/**
 * Changes a file that others change as well. It takes kubectl's lock, follows links, writes a new file that only its owner
 * can read, and swaps the two. Before the first change, it keeps a copy of the original beside it.
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

/** Tries to change the file. Returns `undefined` if another program changed it in the meantime. */
async function attempt<T extends Change>(
  { shown, path, isTheirs }: Place,
  change: (text: string | undefined) => T,
): Promise<T | undefined> {
  const spot = Folder.spot(path, shown);
  try {
    const bytes = spot.folder.read(spot.name);
    // Otherwise decoding and encoding would change its content.
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

/** Replaces the file if it still has the content that was read. Returns whether it had. */
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
    // With sudo, root would otherwise leave a file that its owner cannot read.
    await writeNew(folder.at(beside), text, 0o600, folder.ownerOf(name));
    if (!isSame()) return false;
    renameSync(folder.at(beside), folder.at(name));
    return true;
  } finally {
    folder.remove(beside);
  }
}
