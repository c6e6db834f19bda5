import { statSync } from "node:fs";
import type { Construct } from "constructs";
import type { FileReference } from "../render/specs";
import type { ArtefactFile } from "../terraform/artefact";
import { fromStack } from "../terraform/store-folder";
import { code, quote } from "../terraform/expression";
import { sourceMissing } from "./errors";

/** The file modes that kubeadm uses. */
export const MODES = { public: "0644", private: "0600" } as const;

/** Who may read a file on a node. */
export type FileAccess = Pick<ArtefactFile, "mode" | "owner">;

export const PRIVATE: FileAccess = { mode: MODES.private };

/** Readable by root and, if the user is not root, by the user's group. */
export const readableBy = (user: string): FileAccess =>
  user === "root" ? PRIVATE : { mode: "0640", owner: `root:${user}` };

/**
 * A path on this machine as the agent gets it: relative to the stack's folder, or below `~/`, which is expanded only at
 * apply, so that the synthesized JSON is the same for all users.
 */
export const pathForAgent = (scope: Construct, path: string): string =>
  path.startsWith("~/") ? path : fromStack(scope, path);

/** Whether there is a file that can be found. A text that cannot be a path, because it is too long for example, names none. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A user's file: its path relative to the stack's folder, and its hash, which Terraform computes at plan. */
export function fileReference(scope: Construct, source: string): FileReference {
  if (!isFile(source)) throw sourceMissing(source);
  const file = fromStack(scope, source);
  return { file, sha256: code`filesha256(${quote(file)})`.asToken() };
}
