import { homedir } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import { homeUnknown } from "./errors";

/** Paths as a program has them: from a folder, absolute, or from `~/`, the home of whoever applies. */

/** The same from every folder. */
export const isAnywhere = (path: string): boolean =>
  isAbsolute(path) || path.startsWith("~/");

/** On this machine. */
export function absolutePath(path: string, from = process.cwd()): string {
  if (!path.startsWith("~/")) return resolve(from, path);
  const home = homedir();
  if (home === "") throw homeUnknown(path);
  return join(home, path.slice(2));
}

/** From the stack's folder, where Terraform runs, to the store, where others run too: `cdktf-control-plane check` is one. */
export const relativeTo = (directory: string, path: string): string =>
  isAnywhere(path) ? path : relative(directory, resolve(path));
