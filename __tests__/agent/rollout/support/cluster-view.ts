import { forecastSteps } from "../../../../lib/agent/rollout/planner";
import type { Step } from "../../../../lib/agent/rollout/step";
import type {
  ClusterView,
  EtcdView,
  MemberView,
  NodeView,
} from "../../../../lib/agent/rollout/view";
import {
  NO_CHANGES,
  type NodeChanges,
} from "../../../../lib/agent/rollout/changes";

export const VOTER: MemberView = { learner: false, started: true };
export const LEARNER: MemberView = { learner: true, started: true };
/** A member that was added, but whose etcd has not started yet. */
export const ADDED: MemberView = { learner: true, started: false };

/** A flag of the API server that changes, and one of etcd. */
export const API_FLAG: NodeChanges = {
  ...NO_CHANGES,
  files: ["/etc/kubernetes/manifests/kube-apiserver.yaml"],
  restarts: ["kube-apiserver"],
};
export const ETCD_FLAG: NodeChanges = {
  ...NO_CHANGES,
  files: ["/etc/kubernetes/manifests/etcd.yaml"],
  restarts: ["etcd"],
};
/** What a blank machine gets, and the part of it that starts etcd. */
export const ALL_NEW: NodeChanges = {
  ...NO_CHANGES,
  files: [
    "/etc/kubernetes/manifests/etcd.yaml",
    "/etc/kubernetes/manifests/kube-apiserver.yaml",
  ],
  starts: ["etcd", "kube-apiserver", "kubelet"],
};
export const NEW_ETCD: NodeChanges = {
  ...NO_CHANGES,
  files: ["/etc/kubernetes/manifests/etcd.yaml"],
  starts: ["etcd", "kubelet"],
};

const COMPONENTS = ["etcd", "kube-apiserver", "kubelet"];

/** A healthy control-plane node and etcd member that is up to date, except for the given fields. */
export const node = (
  name: string,
  otherwise: Partial<NodeView> = {},
): NodeView => ({
  name,
  runs: { etcd: true, apiServer: true, kubelet: true },
  status: "stays",
  reached: true,
  retired: false,
  unhealthy: [],
  changes: NO_CHANGES,
  changesForEtcd: NO_CHANGES,
  signerChanges: NO_CHANGES,
  hasEtcdData: true,
  restored: false,
  drains: false,
  emptied: false,
  member: VOTER,
  joined: false,
  pending: false,
  ...otherwise,
});

/** A machine on which nothing of the cluster ever ran. */
export const blank = (
  name: string,
  otherwise: Partial<NodeView> = {},
): NodeView =>
  node(name, {
    unhealthy: COMPONENTS,
    changes: ALL_NEW,
    changesForEtcd: NEW_ETCD,
    hasEtcdData: false,
    member: undefined,
    ...otherwise,
  });

/** A machine that is switched off. */
export const down = (
  name: string,
  otherwise: Partial<NodeView> = {},
): NodeView => node(name, { reached: false, hasEtcdData: false, ...otherwise });

/** A node that the program no longer lists. */
export const left = (
  name: string,
  otherwise: Partial<NodeView> = {},
): NodeView => node(name, { status: "left", ...otherwise });

export const etcdHost = (
  name: string,
  otherwise: Partial<NodeView> = {},
): NodeView =>
  node(name, {
    runs: { etcd: true, apiServer: false, kubelet: false },
    ...otherwise,
  });

export const apiHost = (
  name: string,
  otherwise: Partial<NodeView> = {},
): NodeView =>
  node(name, {
    runs: { etcd: false, apiServer: true, kubelet: true },
    hasEtcdData: false,
    member: undefined,
    ...otherwise,
  });

export const worker = (
  name: string,
  otherwise: Partial<NodeView> = {},
): NodeView =>
  node(name, {
    runs: { etcd: false, apiServer: false, kubelet: true },
    hasEtcdData: false,
    member: undefined,
    joined: true,
    ...otherwise,
  });

/** A control plane of these nodes that was up before; its etcd follows from the nodes. */
export function cluster(
  nodes: readonly NodeView[],
  otherwise: Partial<ClusterView> = {},
): ClusterView {
  return {
    scope: "control plane",
    nodes,
    etcd: etcdOf(nodes),
    established: true,
    maxUnavailable: 1,
    saves: false,
    done: [],
    ...otherwise,
  };
}

/** A cluster that was never up. */
export const newCluster = (
  nodes: readonly NodeView[],
  otherwise: Partial<ClusterView> = {},
): ClusterView =>
  cluster(nodes, { established: false, etcd: NO_QUORUM, ...otherwise });

export const NO_QUORUM: EtcdView = {
  hasQuorum: false,
  voters: 0,
  healthy: [],
};

/** The same view without a majority of etcd, so that its members are unknown. */
export const withoutQuorum = (view: ClusterView): ClusterView => ({
  ...view,
  etcd: NO_QUORUM,
  nodes: view.nodes.map((each) => ({ ...each, member: undefined })),
});

export const pool = (
  nodes: readonly NodeView[],
  otherwise: Partial<ClusterView> = {},
): ClusterView =>
  cluster(nodes, { scope: "pool", etcd: undefined, ...otherwise });

function etcdOf(nodes: readonly NodeView[]): EtcdView {
  const voting = nodes.filter(({ member }) => member?.learner === false);
  const healthy = voting
    .filter(
      ({ reached, unhealthy, hasEtcdData, status }) =>
        reached &&
        !unhealthy.includes("etcd") &&
        (hasEtcdData || status === "left"),
    )
    .map(({ name }) => name);
  return { hasQuorum: true, voters: voting.length, healthy };
}

/** The steps to the end, as `<kind> <nodes>`, and the first line of a refusal. */
export function planOf(view: ClusterView): string[] {
  const { steps, refusal } = forecastSteps(view);
  return [
    ...steps.map(said),
    ...(refusal ? [`refused: ${refusal.message.split("\n")[0]}`] : []),
  ];
}

export const said = ({ kind, nodes }: Pick<Step, "kind" | "nodes">): string =>
  [kind, nodes.join(",")].filter((part) => part !== "").join(" ");
