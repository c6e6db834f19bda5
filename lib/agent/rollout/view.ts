import type { AgentError } from "../../base/errors";
import type { NodeChanges } from "./changes";
import { FINISHING, type Step, type StepKind } from "./step";

/** A member of etcd, as the majority of the members knows it. */
export interface MemberView {
  /** It doesn't vote yet. */
  readonly learner: boolean;
  /** It has run at least once. */
  readonly started: boolean;
}

/** What a decision needs to know of a node. */
export interface NodeView {
  readonly name: string;
  readonly runs: {
    readonly etcd: boolean;
    readonly apiServer: boolean;
    readonly kubelet: boolean;
  };
  /** `stays`, `retires` while its machine still exists, or `left`: the program no longer lists it. */
  readonly place: "stays" | "retires" | "left";
  readonly reached: boolean;
  /** It has left the cluster already. */
  readonly retired: boolean;
  /** Components that were not healthy when they were asked last. */
  readonly unhealthy: readonly string[];
  readonly changes: NodeChanges;
  readonly hasEtcdData: boolean;
  /** Absent where it is no member of etcd, or where etcd has no majority that could say so. */
  readonly member?: MemberView;
  /** Its kubelet has credentials that the cluster accepts; only asked of workers. */
  readonly joined: boolean;
  /** It isn't reached, and has not got what it is to have. */
  readonly waits: boolean;
}

export interface EtcdView {
  /** A majority of the members answers. */
  readonly hasQuorum: boolean;
  /** How many members vote. */
  readonly voters: number;
  /** The nodes whose members vote and are healthy. */
  readonly healthy: readonly string[];
}

/** How far a rollout has come. */
export interface Progress {
  /** In its order. */
  readonly done: readonly Step[];
  /** The step that failed, and what each node that failed said. */
  readonly failed?: {
    readonly step: Step;
    readonly errors: readonly AgentError[];
  };
}

/** All that the next step depends on. */
export interface ClusterView extends Progress {
  /** The nodes are a control plane's, a pool's, or directories that nobody has to go to. */
  readonly scope: "control plane" | "pool" | "directories";
  /** In the order of the program; those that left it come last. */
  readonly nodes: readonly NodeView[];
  /** Absent where etcd is somebody else's, and for pools. */
  readonly etcd?: EtcdView;
  /** The cluster was up once: a node without data is a new one, or one that was reinstalled. */
  readonly established: boolean;
  /** How many healthy nodes may be down at once for a change. */
  readonly maxUnavailable: number;
  readonly podNetwork: boolean;
}

/** The next step, or why there is none. */
export type Move = { readonly step: Step } | Refusal;

export interface Refusal {
  readonly refusal: AgentError;
  /** The reason may pass within so many milliseconds. */
  readonly patience?: number;
}

export type Decision = Move | "finished";

/** Gives a move where there is something left to do for it. */
export type Stage = (view: ClusterView) => Move | undefined;

/** Those that are brought to their trees. */
export const reachedNodes = ({ nodes }: ClusterView): NodeView[] =>
  nodes.filter(({ place, reached }) => place === "stays" && reached);

export const isHealthy = ({ unhealthy }: NodeView): boolean =>
  unhealthy.length === 0;

/** Whether the change ends an etcd that is healthy. */
export const endsEtcd = ({ changes, unhealthy }: NodeView): boolean =>
  changes.restarts.includes("etcd") && !unhealthy.includes("etcd");

export const isDone = (
  { done }: ClusterView,
  kind: StepKind,
  name?: string,
): boolean =>
  done.some(
    (step) =>
      step.kind === kind && (name === undefined || step.nodes.includes(name)),
  );

/** Whether this rollout has brought a node all that it is to have. */
export const isFinished = (view: ClusterView, { name }: NodeView): boolean =>
  FINISHING.some((kind) => isDone(view, kind, name));
