import type { EtcdFinding } from "./etcd-care";

/** The differences between a node's host and its node tree. Tokens and API proxies are checked in the same way. */
export interface NodeDrift {
  /** The node's name. For a token or an API proxy: its path in the store, `tokens/ci` or `proxies/web`. */
  readonly node: string;
  /** Why its host could not be examined, and what to do. Then nothing else is known, and it is not marked. */
  readonly unreachable?: string;
  /** Files on the host whose content, mode or owner differs. */
  readonly changed: readonly string[];
  /** Files that are not on the host. */
  readonly missing: readonly string[];
  /** Delivered files that are no longer in the node tree. */
  readonly unlisted: readonly string[];
  /** Components that do not run. Absent if this cannot be distinguished from unhealthy components. */
  readonly ended?: readonly string[];
  /** Components that are not healthy. */
  readonly unhealthy: readonly string[];
  /** Components that were started with other files than are on the host now. */
  readonly outdated: readonly string[];
  /** Tokens that the cluster no longer accepts. */
  readonly refused?: readonly string[];
  /** What is known of the snapshots that its host makes of etcd. Present if it makes some, and was examined. */
  readonly backup?: HostBackup;
  /** The alarms of its etcd member, or that this is near its quota. They are no differences: no rollout repairs them. */
  readonly etcd?: readonly EtcdFinding[];
}

/** How a host saves etcd. It is no drift: no deploy makes up for a missing snapshot. */
export interface HostBackup {
  /** When its newest snapshot was made, as in RFC 3339. */
  readonly newest?: string;
  /** The longest time between two of its next runs, in seconds. */
  readonly interval?: number;
  /** Whether its last run failed. */
  readonly failed: boolean;
}

/** The drift of a node without any differences. */
export const noDrift = (node: string): NodeDrift => ({
  node,
  changed: [],
  missing: [],
  unlisted: [],
  unhealthy: [],
  outdated: [],
});

/** Whether a host was examined, and differs. */
export const hasDrifted = (drift: NodeDrift): boolean =>
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
