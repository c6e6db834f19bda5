import { isUtf8 } from "node:buffer";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { chown } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { AgentError } from "../errors";
import {
  kubeconfigChanging,
  notAKubeconfig,
  unwritableKubeconfig,
} from "../errors-kubeconfig";
import { errorCode, writeNew } from "../files";
import { locked } from "./lock";

const TRIES = 5;

export interface Change {
  /** `undefined`: the file is to go. */
  readonly text: string | undefined;
}

export interface Place {
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
  const { shown, path, isTheirs } = place;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return await locked(path, shown, async () => {
      for (let at = 0; at < TRIES; at++) {
        const target = targetOf(path);
        const bytes = bytesOf(target);
        // Read as if it were, it would not be written as it was.
        if (bytes && !isUtf8(bytes))
          throw notAKubeconfig(shown, "it is not UTF-8");
        const before = bytes?.toString();
        const result = change(before);
        if (result.text === before) return result;
        if (isTheirs) await keepCopy(target, before);
        if (await swap(target, before, result.text)) return result;
      }
      throw kubeconfigChanging(shown);
    });
  } catch (error) {
    if (error instanceof AgentError || !errorCode(error)) throw error;
    throw unwritableKubeconfig(shown, errorCode(error));
  }
}

async function keepCopy(
  target: string,
  text: string | undefined,
): Promise<void> {
  const copy = `${target}.before-cdktf-control-plane`;
  if (text === undefined || text.trim() === "" || existsSync(copy)) return;
  await writeNew(copy, text, 0o600);
  await keepOwner(target, copy);
}

/** Returns whether it was still as it was read. */
async function swap(
  target: string,
  before: string | undefined,
  text: string | undefined,
): Promise<boolean> {
  if (text === undefined) {
    if (textOf(target) !== before) return false;
    rmSync(target, { force: true });
    return true;
  }
  const beside = `${target}.${process.pid}.new`;
  rmSync(beside, { force: true });
  try {
    await writeNew(beside, text, 0o600);
    await keepOwner(target, beside);
    if (textOf(target) !== before) return false;
    renameSync(beside, target);
    return true;
  } finally {
    rmSync(beside, { force: true });
  }
}

/** Root, by sudo for example, would leave a file that its owner can't read. */
async function keepOwner(target: string, file: string): Promise<void> {
  const model = existsSync(target) ? target : dirname(target);
  const { uid, gid } = statSync(model);
  if (process.getuid?.() === 0 && uid !== 0) await chown(file, uid, gid);
}

const textOf = (path: string): string | undefined => bytesOf(path)?.toString();

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Where a link leads, also where nothing is there yet. */
function targetOf(path: string): string {
  for (let at = path, links = 0; ; links++) {
    let next: string;
    try {
      next = readlinkSync(at);
    } catch {
      return at;
    }
    if (links > 40) return at;
    at = resolve(dirname(at), next);
  }
}
