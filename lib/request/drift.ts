/** What is the matter with a node, as far as it can be seen from here. */
export interface NodeDrift {
  /** Its name; of what is made after the rollout its place in the store, `tokens/ci`, `proxies/web`. */
  readonly node: string;
  /** Why it could not be looked at, and what can be done; then it is not marked. */
  readonly unreachable?: string;
  /** Paths on the host. */
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly unlisted: readonly string[];
  /** Components that don't run at all; absent: that is not told from those that don't answer well. */
  readonly ended?: readonly string[];
  /** Components that don't answer well. */
  readonly unhealthy: readonly string[];
  /** Components that run with other files than they have. */
  readonly outdated: readonly string[];
  /** Tokens that the cluster doesn't take any more. */
  readonly refused?: readonly string[];
}

/** The drift of a node that is as it should be. */
export const noDrift = (node: string): NodeDrift => ({
  node,
  changed: [],
  missing: [],
  unlisted: [],
  unhealthy: [],
  outdated: [],
});

/** Whether a host was looked at and is not as it should be. */
export const differs = (drift: NodeDrift): boolean =>
  drift.unreachable === undefined &&
  [
    drift.changed,
    drift.missing,
    drift.unlisted,
    drift.unhealthy,
    drift.outdated,
    drift.ended ?? [],
    drift.refused ?? [],
  ].some((found) => found.length > 0);
