import { join, resolve } from "node:path";
import { readIfThere } from "../../base/files";
import { DEFAULT_WORKSPACE } from "../../store/workspace";
import type { Environment } from "./children";

/** The workspace in which Terraform would work, for commands that do not run Terraform. */
export function selectedWorkspace(
  stackDirectory: string,
  { TF_WORKSPACE, TF_DATA_DIR }: Environment,
): string {
  const data = resolve(stackDirectory, TF_DATA_DIR || ".terraform");
  const selected = readIfThere(join(data, "environment"))?.toString().trim();
  return TF_WORKSPACE || selected || DEFAULT_WORKSPACE;
}
