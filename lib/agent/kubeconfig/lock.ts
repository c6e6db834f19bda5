import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchownSync,
  linkSync,
  openSync,
  renameSync,
  writeSync,
} from "node:fs";
import { basename } from "node:path";
import type { Clock } from "../../base/clock";
import { kubeconfigLocked } from "./errors";
import { AgentError } from "../../base/errors";
import { errorCode, orUndefined, unless } from "../../base/files";
import {
  identify,
  isAlive,
  isHere,
  isOfEarlierBoot,
  type Machine,
  machine,
  type ProcessIdentity,
} from "../../base/processes";
import type { Folder } from "./held-folder";

/** Milliseconds to wait for kubectl or another agent. */
const PATIENCE = 10_000;
const PAUSE = 100;

/** The content of an agent's lock. kubectl's lock is empty, so its holder is unknown. */
interface Holder extends ProcessIdentity, Machine {}

/**
 * Runs an action under the lock that kubectl uses for a file. Removes the lock of an agent that was killed.
 *
 * @param folder the folder of the file
 * @param shown the file, for messages
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/loader.go
 */
export async function locked<T>(
  folder: Folder,
  path: string,
  shown: string,
  clock: Clock,
  action: () => Promise<T>,
): Promise<T> {
  const lock = `${basename(path)}.lock`;
  const end = clock.now() + PATIENCE;
  while (!create(folder, lock)) {
    if (removeLeftover(folder, lock)) continue;
    if (clock.now() > end)
      throw kubeconfigLocked(shown, `${path}.lock`, `${PATIENCE / 1000} s`);
    await clock.pause(PAUSE);
  }
  try {
    return await action();
  } finally {
    folder.remove(lock);
  }
}

/** Tries to create the lock. Returns whether it did not exist. */
function create(folder: Folder, lock: string): boolean {
  const owner = folder.ownerOf(lock);
  const path = folder.at(lock);
  const file = unless(["EEXIST"], () => openSync(path, "wx", 0o600));
  if (file === undefined) return false;
  try {
    if (owner) fchownSync(file, owner.uid, owner.gid);
    const holder = { ...identify(process.pid), ...machine() };
    writeSync(file, JSON.stringify(holder));
  } finally {
    closeSync(file);
  }
  return true;
}

/** Removes a lock whose holder has ended. Returns whether there was one. */
function removeLeftover(folder: Folder, lock: string): boolean {
  const text = textOf(folder, lock);
  if (text === undefined || !isLeft(text)) return false;
  const aside = `${lock}.${randomBytes(8).toString("hex")}`;
  const [path, asidePath] = [lock, aside].map((name) => folder.at(name));
  try {
    renameSync(path, asidePath);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return true;
    throw error;
  }
  // Another agent removed it first, and this is already the next holder's lock: it is put back.
  const isAnother = textOf(folder, aside) !== text;
  if (isAnother) unless(["EEXIST"], () => linkSync(asidePath, path));
  folder.remove(aside);
  return !isAnother;
}

/** The content of a lock. If it cannot be read, its holder may be running. */
function textOf(folder: Folder, lock: string): string | undefined {
  try {
    return folder.read(lock)?.toString();
  } catch (error) {
    if (error instanceof AgentError) return undefined;
    throw error;
  }
}

/** Whether a lock was left behind. A holder that cannot be seen from this machine may be running. */
function isLeft(text: string): boolean {
  const holder = holderIn(text);
  const here = machine();
  if (!holder) return false;
  return (
    isOfEarlierBoot(holder, here) || (isHere(holder, here) && !isAlive(holder))
  );
}

function holderIn(text: string): Holder | undefined {
  const holder = orUndefined(() => JSON.parse(text) as Partial<Holder> | null);
  const { pid, start, boot } = holder ?? {};
  return typeof pid === "number" && start !== undefined && boot !== undefined
    ? (holder as Holder)
    : undefined;
}
