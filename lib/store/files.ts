import { lstatSync, realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import { AgentError } from "../base/errors";
import {
  hugeFile,
  irregularFile,
  linkOutOfStore,
  unreadableFile,
} from "./errors";
import { ABSENT, errorCode, orUndefined, unless } from "../base/files";
import { readPlainFile } from "../base/plain-file";

/**
 * Reads a regular file of a store; `undefined` if there is nothing at its path. Anything else there is an error that
 * names it: anybody may have restored, unpacked or altered the store.
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
    if (ABSENT.includes(errorCode(error))) return undefined;
    throw readError(error, path, shown);
  }
}

/** Fails if the file, or a folder on its path, is a link that leads out of the store. */
export function refuseLinkOut(root: string, path: string, shown: string): void {
  const target = linkTarget(root, path);
  if (target !== undefined) throw linkOutOfStore(shown, target);
}

/** The real path of a file if it is outside the store; otherwise `undefined`. */
export function linkTarget(root: string, path: string): string | undefined {
  const [store, target] = [root, path].map(realPath);
  if (store === undefined || target === undefined) return undefined;
  return target === store || target.startsWith(store + sep)
    ? undefined
    : target;
}

/** `undefined` if nothing exists at the path, or a link that is broken or circular. */
const realPath = (path: string): string | undefined =>
  unless([...ABSENT, "ELOOP"], () => realpathSync.native(path));

/** Turns the error of a read into one for users that names the file's owner; returns errors of other kinds unchanged. */
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
    : `: it belongs to the user with the id ${owner}, and this user has the id ${here}`;
}

/** The owner of the file, or of the nearest folder above it that can be examined. */
const ownerOf = (path: string): number | undefined =>
  orUndefined(() => lstatSync(path).uid) ??
  (dirname(path) === path ? undefined : ownerOf(dirname(path)));
