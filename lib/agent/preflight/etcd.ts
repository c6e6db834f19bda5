import type { EtcdState } from "../../request/etcd-care";
import { etcdFindings, problemInWords, remedyInWords } from "../etcd/findings";
import type { Finding } from "./errors";

/**
 * Alarms of etcd, and members near their quota.
 *
 * Corrupt data prevent every rollout, even one that replaces that member: while the alarm is raised no member says that
 * it is ready, so the first node that is changed would end the rollout. That member is removed from etcd first. A used-up
 * quota is a warning, because a rollout is what raises the quota: members without space still vote and restart.
 *
 * @param store the store, as in a command
 */
export const etcdPreflight = (state: EtcdState, store: string): Finding[] =>
  etcdFindings(state).map((finding) => ({
    node: finding.member,
    severity: finding.kind === "CORRUPT" ? "error" : "warning",
    problem: problemInWords(finding),
    remedy: remedyInWords(finding, store),
  }));
