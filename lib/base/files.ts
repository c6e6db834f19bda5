import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { AgentError, fullDisk, unusableFile, unwritableStore } from "./errors";
import type { Stats } from "fs";

export const sha256 = (content: Buffer | string): string =>
  createHash("sha256").update(content).digest("hex");

export const errorCode = (error: unknown): string =>
  (error as NodeJS.ErrnoException)?.code ?? "";

/** The codes of errors about a path at which nothing is. */
export const ABSENT: readonly string[] = ["ENOENT", "ENOTDIR"];

/** The result of an action; `undefined` if it fails with one of these codes. */
export function unless<T>(
  codes: readonly string[],
  action: () => T,
): T | undefined {
  try {
    return action();
  } catch (error) {
    if (codes.includes(errorCode(error))) return undefined;
    throw error;
  }
}

/** The result of an action; `undefined` if it fails, for whatever reason. */
export function orUndefined<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** Whether there is a file at a path. A text that cannot be a path, because it is too long for example, names none. */
export const isFile = (path: string): boolean =>
  orUndefined(() => statSync(path).isFile()) ?? false;

/** `undefined` if there is no such file. */
export const readIfThere = (path: string): Buffer | undefined =>
  unless([...ABSENT, "EISDIR"], () => readFileSync(path));

export const listIfThere = (path: string): string[] =>
  unless(ABSENT, () => readdirSync(path)) ?? [];

/** Carries out a write, and turns its error into one for users. */
export function writing(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw writeError(error, path);
  }
}

/** Turns the error of a write into one for users; returns errors of other kinds unchanged. */
export function writeError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (error instanceof AgentError) return error;
  if (["ENOSPC", "EDQUOT", "EFBIG"].includes(code)) return fullDisk(path, code);
  if (
    ["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "EISDIR"].includes(code)
  )
    return unwritableStore(path, code);
  return error;
}

/** Turns a system error about a file into one for users; `undefined` for other errors. */
export function fileError(error: unknown): AgentError | undefined {
  const { path, syscall } = error as NodeJS.ErrnoException;
  return errorCode(error) !== "" && path !== undefined && syscall !== undefined
    ? unusableFile(path, syscall, errorCode(error))
    : undefined;
}

/** The owner of a file. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Writes a new file and syncs it to disk. Its owner and mode are set before the first byte is written. Fails if anything
 * exists at the path, even a link, because somebody else may have put it there.
 */
export async function writeNew(
  path: string,
  content: Buffer | string,
  mode: number,
  owner?: Owner,
): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    // Through the open file, because another file may be at the path by now.
    if (owner) await file.chown(owner.uid, owner.gid);
    // The umask narrows the mode that is passed to open.
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes renames in a folder survive a power failure. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Removes a folder and the folders above it as long as they are empty, but never `root`. */
export function pruneEmpty(directory: string, root: string): void {
  for (let at = directory; at.length > root.length; at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") return;
    }
  }
}

/** What is there instead of a regular file; `undefined` for a regular file. */
export function irregularKind(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a FIFO";
  if (stats.isSocket()) return "a socket";
  return stats.isSymbolicLink() ? "a link that leads nowhere" : "a device";
}
