/** The workspace of whoever selected none; a store whose inventory names none belongs to it. */
export const DEFAULT_WORKSPACE = "default";

/** What an inventory says of a workspace. */
export const workspaceClaim = (workspace = DEFAULT_WORKSPACE) =>
  workspace === DEFAULT_WORKSPACE ? {} : { workspace };
