/** The workspace if none was selected. A store whose inventory names no workspace belongs to it. */
export const DEFAULT_WORKSPACE = "default";

/** The fields of an inventory that name its workspace. */
export const workspaceClaim = (workspace = DEFAULT_WORKSPACE) =>
  workspace === DEFAULT_WORKSPACE ? {} : { workspace };
