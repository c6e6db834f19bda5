/** How a host differs from its tree, and what a delivery would start. Paths are on the host. */
export interface NodeChanges {
  readonly files: readonly string[];
  readonly removed: readonly string[];
  readonly binaries: readonly string[];
  /** Components that start, because they do not run yet or are not healthy. */
  readonly starts: readonly string[];
  /** Healthy components that restart. */
  readonly restarts: readonly string[];
  /** Components that only reload their files. */
  readonly reloads: readonly string[];
}

export const NO_CHANGES: NodeChanges = {
  files: [],
  removed: [],
  binaries: [],
  starts: [],
  restarts: [],
  reloads: [],
};

/** The changes that are left after these. */
export function changesWithout(
  changes: NodeChanges,
  done: NodeChanges,
): NodeChanges {
  const kinds = Object.keys(NO_CHANGES) as (keyof NodeChanges)[];
  const left = kinds.map((kind) => [
    kind,
    changes[kind].filter((each) => !done[kind].includes(each)),
  ]);
  return { ...NO_CHANGES, ...Object.fromEntries(left) };
}

export const hasChanges = ({
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
  ...changes.starts.map((name) => `starts ${name}`),
  ...changes.restarts.map((name) => `restarts ${name}`),
  ...changes.reloads.map((name) => `reloads ${name}`),
];
