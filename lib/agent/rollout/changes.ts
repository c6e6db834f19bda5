/** How a host differs from its tree, and what a delivery would restart. Paths are on the host. */
export interface NodeChanges {
  readonly files: readonly string[];
  readonly removed: readonly string[];
  readonly binaries: readonly string[];
  /** Components that restart. */
  readonly restarts: readonly string[];
  /** Components that only reload their files. */
  readonly reloads: readonly string[];
}

export const NO_CHANGES: NodeChanges = {
  files: [],
  removed: [],
  binaries: [],
  restarts: [],
  reloads: [],
};

export const differs = ({
  changes,
}: {
  readonly changes: NodeChanges;
}): boolean =>
  Object.values(changes).some((found: readonly string[]) => found.length > 0);

/** `/etc/…`, `restarts etcd` */
export const changeWords = (changes: NodeChanges): string[] => [
  ...changes.files,
  ...changes.binaries,
  ...changes.removed.map((path) => `removes ${path}`),
  ...changes.restarts.map((name) => `restarts ${name}`),
  ...changes.reloads.map((name) => `reloads ${name}`),
];
