import type { Found } from "./errors";

export const redirectablePath = (
  problem: string,
  [path, ...others]: readonly string[],
  remedy: string,
): Found => ({
  severity: "error",
  problem: `${problem}, on the way to ${path}${others.length > 0 ? ` and ${others.length} more` : ""}: a user other than root could redirect what root does there.`,
  remedy: `${remedy.replace(/\.$/, "")}. Or choose other paths. Allowed are paths whose folders belong to root, are not writable by others, and are not links.`,
});
