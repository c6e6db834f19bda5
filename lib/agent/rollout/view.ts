import type { AgentError } from "../../base/errors";
import type { NodeChanges } from "./changes";
import type { EncryptionView } from "../encryption/stage";
import type { PodNetworkRequest } from "../../request/request";
import { FULL_DELIVERIES, type Step, type StepKind } from "./step";

/** An etcd member, as the majority of the members knows it. */
export interface MemberView {
  /** It does not vote yet. */
  readonly learner: boolean;
  /** It has started at least once. */
  readonly started: boolean;
}

/** The state of a node, as far as the planner needs it. */
export interface NodeView {
  readonly name: string;
  readonly runs: {
    readonly etcd: boolean;
    readonly apiServer: boolean;
    readonly kubelet: boolean;
  };
  /**
   * `stays`; `retires`: the program wants it out of the cluster while its machine still exists; or `left`: the program
   * no longer lists it.
   */
  readonly status: "stays" | "retires" | "left";
  readonly reached: boolean;
  /** It is out of the cluster already. */
  readonly retired: boolean;
  /** Components that were not healthy at the last health check. */
  readonly unhealthy: readonly string[];
  readonly changes: NodeChanges;
  /** The part of the changes that starts etcd. */
  readonly changesForEtcd: NodeChanges;
  /** What is left to do when every API server trusts what the new keys sign. */
  readonly signerChanges: NodeChanges;
  readonly hasEtcdData: boolean;
  /** Its etcd has the data of the backup that is being restored. */
  readonly restored: boolean;
  /** Absent if the node is no etcd member, or if there is no majority that could tell. */
  readonly member?: MemberView;
  /** Its pods have to move before it changes, because its kubelet gets another minor. */
  readonly drains: boolean;
  /** A rollout has moved its pods, and nothing is scheduled there until it is allowed again. */
  readonly emptied: boolean;
  /** Its kubelet has credentials that the cluster accepts; only set for workers. */
  readonly joined: boolean;
  /** Its host is not reached and does not have the current tree yet. */
  readonly pending: boolean;
}

export interface EtcdView {
  /** A majority of the members answers. */
  readonly hasQuorum: boolean;
  /** Number of voting members. */
  readonly voters: number;
  /** The nodes whose members vote and are healthy. */
  readonly healthy: readonly string[];
}

/** The progress of a rollout. */
export interface Progress {
  /** The completed steps, in order. */
  readonly done: readonly Step[];
  /** The step that failed, and one error for each node that failed. */
  readonly failed?: {
    readonly step: Step;
    readonly errors: readonly AgentError[];
  };
}

/** Releases that a rollout brings to a control plane: `v1.37.1` and `3.7.0`. */
export interface UpgradeView {
  readonly kubernetes: string;
  /** Absent if etcd is external, or if its release is not known. */
  readonly etcd?: string;
  /** The nodes with what they ran when they last were healthy. */
  readonly nodes: readonly {
    readonly name: string;
    readonly runs: { readonly kubernetes?: string; readonly etcd?: string };
  }[];
}

/** Everything that the choice of the next step depends on. */
export interface ClusterView extends Progress {
  /** The nodes are those of a control plane, those of a pool, or directory nodes, which have no host. */
  readonly scope: "control plane" | "pool" | "directories";
  /** In the order of the program; nodes that left it come last. */
  readonly nodes: readonly NodeView[];
  /** Absent if etcd is external, and for pools. */
  readonly etcd?: EtcdView;
  /** The cluster was up before, so a node without etcd data is new or was reinstalled. */
  readonly established: boolean;
  /** How many healthy nodes a change may take down at once. */
  readonly maxUnavailable: number;
  readonly podNetwork?: PodNetworkRequest["kind"];
  /** The cluster is saved first, because what follows cannot be taken back. */
  readonly saves: boolean;
  /** Absent for pools, and if API servers encrypt nothing. */
  readonly encryption?: EncryptionView;
  /** Absent for pools. */
  readonly upgrade?: UpgradeView;
  /** The backup whose data etcd gets: `revision 446 of 2026-11-29T21:41:26.000Z`. Absent: it keeps its data. */
  readonly restores?: string;
}

/** The next step, or the reason why the rollout cannot continue. */
export type Move = { readonly step: Step } | Refusal;

export interface Refusal {
  readonly refusal: AgentError;
  /** Milliseconds to wait for the reason to pass before the rollout fails. */
  readonly patience?: number;
}

export type Decision = Move | "finished";

/** Returns the stage's next move; `undefined` if it has nothing left to do. */
export type Stage = (view: ClusterView) => Move | undefined;

/** The nodes that the rollout makes match their trees. */
export const reachedNodes = ({ nodes }: ClusterView): NodeView[] =>
  nodes.filter(({ status, reached }) => status === "stays" && reached);

/** The nodes that this rollout still has to make match their trees. */
export const unfinished = (view: ClusterView): NodeView[] =>
  reachedNodes(view).filter((node) => !isFinished(view, node));

export const isHealthy = ({ unhealthy }: NodeView): boolean =>
  unhealthy.length === 0;

/** Whether the change restarts a healthy etcd member. */
export const restartsEtcd = ({ changes }: NodeView): boolean =>
  changes.restarts.includes("etcd");

export const isDone = (
  { done }: Progress,
  kind: StepKind,
  name?: string,
): boolean =>
  done.some(
    (step) =>
      step.kind === kind && (name === undefined || step.nodes.includes(name)),
  );

/** Whether this rollout has made the node match its tree. */
const isFinished = (view: ClusterView, { name }: NodeView): boolean =>
  FULL_DELIVERIES.some((kind) => isDone(view, kind, name));
