import {
  closeSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { kubeconfigLocked } from "../errors-kubeconfig";
import { errorCode, readIfThere } from "../files";
import {
  identify,
  isAlive,
  isHere,
  isOfEarlierBoot,
  type Machine,
  machine,
  type ProcessIdentity,
} from "../processes";

/** Milliseconds that kubectl, or another of us, may be at it. */
const PATIENCE = 10_000;
const PAUSE = 100;

/** In a lock of ours; kubectl's is empty, and whoever made it is not known. */
interface Holder extends ProcessIdentity, Machine {}

/**
 * Under the lock that kubectl takes for a file. One of ours whose process was killed is taken away.
 * @param shown The file, for people.
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/loader.go
 */
export async function locked<T>(
  path: string,
  shown: string,
  action: () => Promise<T>,
): Promise<T> {
  const lock = `${path}.lock`;
  const end = Date.now() + PATIENCE;
  while (!create(lock)) {
    if (takeAwayLeft(lock)) continue;
    if (Date.now() > end)
      throw kubeconfigLocked(shown, lock, `${PATIENCE / 1000} s`);
    await pause(PAUSE);
  }
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Whether it was not there. */
function create(lock: string): boolean {
  let file: number;
  try {
    file = openSync(lock, "wx", 0o600);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
  try {
    const holder = { ...identify(process.pid), ...machine() };
    writeSync(file, JSON.stringify(holder));
  } finally {
    closeSync(file);
  }
  return true;
}

/** Takes a lock away whose holder is gone; returns whether there was one. */
function takeAwayLeft(lock: string): boolean {
  const text = readIfThere(lock)?.toString();
  if (text === undefined || !isLeft(text)) return false;
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return true;
    throw error;
  }
  // Somebody was faster, and this is the next one's lock already: it goes back.
  const isAnother = readIfThere(aside)?.toString() !== text;
  if (isAnother) linkBack(aside, lock);
  rmSync(aside, { force: true });
  return !isAnother;
}

function linkBack(aside: string, lock: string): void {
  try {
    linkSync(aside, lock);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

/** What cannot be seen from here may well be at work. */
function isLeft(text: string): boolean {
  const holder = holderIn(text);
  const here = machine();
  if (!holder) return false;
  return (
    isOfEarlierBoot(holder, here) || (isHere(holder, here) && !isAlive(holder))
  );
}

function holderIn(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder>;
    const { pid, start, boot } = holder;
    return typeof pid === "number" && start !== undefined && boot !== undefined
      ? (holder as Holder)
      : undefined;
  } catch {
    return undefined;
  }
}
