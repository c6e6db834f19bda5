import { lstatSync, realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import { AgentError } from "../base/errors";
import {
  hugeFile,
  irregularFile,
  linkOutOfStore,
  unreadableFile,
} from "./errors";
import { errorCode } from "../base/files";
import { readPlainFile } from "../base/plain-file";

/**
 * Reads a file of a store, `undefined` where there is none. Whatever else stands in its place is an error that names it:
 * a store may have been restored, unpacked or altered by anybody.
 */
export function readStoreFile(
  root: string,
  path: string,
  shown: string,
): Buffer | undefined {
  try {
    refuseLinkOut(root, path, shown);
    return readPlainFile(path, {
      irregular: (kind) => irregularFile(shown, kind),
      huge: (bytes) => hugeFile(shown, bytes),
    });
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw readError(error, path, shown);
  }
}

const isAbsent = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes(errorCode(error));

/** Fails where a link on the way to a file, or the file itself, leads out of the store. */
export function refuseLinkOut(root: string, path: string, shown: string): void {
  const target = linkTarget(root, path);
  if (target !== undefined) throw linkOutOfStore(shown, target);
}

/** Where a path really is, if that is outside of the store. */
export function linkTarget(root: string, path: string): string | undefined {
  const [store, target] = [root, path].map(realPath);
  if (store === undefined || target === undefined) return undefined;
  return target === store || target.startsWith(store + sep)
    ? undefined
    : target;
}

/** `undefined` where nothing is, or a link that leads nowhere or round in a circle. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (isAbsent(error) || errorCode(error) === "ELOOP") return undefined;
    throw error;
  }
}

/** Says in our words what a read failed of, and who could read. */
export function readError(
  error: unknown,
  path: string,
  shown: string,
): unknown {
  if (error instanceof AgentError) return error;
  const code = errorCode(error);
  return code === "" ? error : unreadableFile(shown, code, users(path));
}

function users(path: string): string {
  const owner = ownerOf(path);
  const here = process.geteuid?.();
  return owner === undefined || here === undefined || owner === here
    ? ""
    : `: it belongs to the user with the number ${owner}, and this is ${here}`;
}

/** Of the file, or of the folder around it that can still be looked at. */
function ownerOf(path: string): number | undefined {
  try {
    return lstatSync(path).uid;
  } catch {
    return dirname(path) === path ? undefined : ownerOf(dirname(path));
  }
}
