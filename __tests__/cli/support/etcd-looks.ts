import type { EtcdOfStore } from "../../../lib/cli/report/etcd-table";
import { etcdState, memberState, silentMember } from "../../agent/support/etcd";

const MiB = 1024 ** 2;
const about = { store: "clusters/prod", stack: "prod", clusterName: "prod" };

/** A cluster with a member that answers but is not healthy, one that does not answer, and much free space. */
export const ETCD: EtcdOfStore = {
  ...about,
  state: etcdState([
    memberState("cp-1", { size: 900 * MiB, free: 88 }),
    memberState("cp-2", { size: 210 * MiB, free: 4, applied: 3766 }),
    memberState("cp-3", { isLearner: true, quota: undefined }),
    memberState("cp-4", { problem: "RANGE ERROR: etcdserver: timed out" }),
    silentMember(
      "cp-10",
      "cp-10 (10.0.0.10) cannot be reached over SSH; waited 10 s.",
    ),
  ]),
};

export const FULL_ETCD: EtcdOfStore = {
  ...about,
  state: etcdState(
    ["cp-1", "cp-2", "cp-3"].map((name) =>
      memberState(name, { size: 2048 * MiB, free: 5 }),
    ),
    "NOSPACE cp-1",
    "NOSPACE cp-3",
  ),
};

export const DEFRAGMENTED: EtcdOfStore = {
  ...about,
  done: ["cp-2", "cp-1"].map((member) => ({
    kind: "defragment",
    member,
    before: 900 * MiB,
    after: 100 * MiB,
  })),
  state: etcdState([
    memberState("cp-1"),
    memberState("cp-2"),
    memberState("cp-3", { free: 12 }),
  ]),
};
