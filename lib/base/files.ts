import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { AgentError, fullDisk, unusableFile, unwritableStore } from "./errors";
import type { Stats } from "fs";

export const sha256 = (content: Buffer | string): string =>
  createHash("sha256").update(content).digest("hex");

export const errorCode = (error: unknown): string =>
  (error as NodeJS.ErrnoException)?.code ?? "";

/** `undefined` where there is no such file. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(errorCode(error)))
      return undefined;
    throw error;
  }
}

export function listIfThere(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return [];
    throw error;
  }
}

/** Says in our words what a write failed of. */
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

/** What the system says of a file, in our words; `undefined` for any other error. */
export function fileError(error: unknown): AgentError | undefined {
  const { path, syscall } = error as NodeJS.ErrnoException;
  return errorCode(error) !== "" && path !== undefined && syscall !== undefined
    ? unusableFile(path, syscall, errorCode(error))
    : undefined;
}

/** Whose a file is. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * On disk when it resolves, with its owner and mode set before the first byte is in it. The file must be new: whoever has
 * put something else in its place, a link too, makes it fail.
 */
export async function writeNew(
  path: string,
  content: Buffer | string,
  mode: number,
  owner?: Owner,
): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    // Of the open file: at its path there may be another one by now.
    if (owner) await file.chown(owner.uid, owner.gid);
    // The mode that open gives is narrowed by the umask.
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes renames in a folder last through a loss of power. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Removes folders that became empty, up to `root`, which stays. */
export function pruneEmpty(directory: string, root: string): void {
  for (let at = directory; at.length > root.length; at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") return;
    }
  }
}

/** What stands where a file should; `undefined` for a file. */
export function irregularKind(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a FIFO";
  if (stats.isSocket()) return "a socket";
  return stats.isSymbolicLink() ? "a link that leads nowhere" : "a device";
}
