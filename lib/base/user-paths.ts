import { homedir } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import { homeUnknown } from "./errors";

/** Paths in a program are relative to a folder, absolute, or begin with `~/`, the home of the user who applies. */

/** Whether a path means the same file from every folder. */
export const isAnywhere = (path: string): boolean =>
  isAbsolute(path) || path.startsWith("~/");

/** The absolute path on this machine. */
export function absolutePath(path: string, from = process.cwd()): string {
  if (!path.startsWith("~/")) return resolve(from, path);
  const home = homedir();
  if (home === "") throw homeUnknown(path);
  return join(home, path.slice(2));
}

/** A path relative to the stack's folder, where Terraform runs, made relative to the store, for commands such as check. */
export const relativeTo = (directory: string, path: string): string =>
  isAnywhere(path) ? path : relative(directory, resolve(path));
