import type { EtcdFinding, EtcdState } from "../../request/etcd-care";
import { etcdFindings, problemInWords, remedyInWords } from "../etcd/findings";
import type { Finding } from "./errors";

/** What the preflight needs to know beside the state of etcd. */
export interface EtcdSurroundings {
  /** The store, as in a command. */
  readonly store: string;
  /**
   * Whether this rollout takes the member of a node out of etcd: because the node leaves or retires, or because its
   * machine is new and has no data.
   */
  readonly isReplaced: (node: string) => boolean;
}

/**
 * Alarms of etcd, and members near their quota. Corrupt data prevent a rollout, unless it replaces just that member:
 * whatever it restarted or removed otherwise might be one of the members whose data are right. A used-up quota is a
 * warning, because a rollout is what raises the quota.
 */
export const etcdPreflight = (
  state: EtcdState,
  { store, isReplaced }: EtcdSurroundings,
): Finding[] =>
  etcdFindings(state).map((finding) => ({
    node: finding.member,
    severity: isObstacle(finding, isReplaced) ? "error" : "warning",
    problem: problemInWords(finding),
    remedy: remedyInWords(finding, store),
  }));

const isObstacle = (
  { kind, member }: EtcdFinding,
  isReplaced: EtcdSurroundings["isReplaced"],
): boolean => kind === "CORRUPT" && !isReplaced(member);
