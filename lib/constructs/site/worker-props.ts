import type { Taint } from "../../catalog/site";
import type { ImagesProps } from "./cluster-props";
import type { KubeletProps } from "./component-props";
import type { Duration } from "../duration";
import type { MachineProps } from "./node-props";

/** Describes a worker, a node that runs kubelet and pods, but no control plane. */
export interface WorkerProps extends MachineProps {
  /**
   * Labels of its Node object. They override labels of its pool with the same keys.
   * @default - the labels of its pool
   */
  readonly labels?: Readonly<Record<string, string>>;

  /**
   * Taints of its Node object. They replace all taints of its pool.
   * @default - the taints of its pool
   */
  readonly taints?: readonly Taint[];
}

/** Describes a pool of workers that are configured alike and have one rollout. */
export interface WorkerPoolProps {
  /** The workers. The list may be empty. No other node of the cluster may have their names. */
  readonly nodes: readonly WorkerProps[];

  /**
   * Labels of their Node objects.
   * @default - none
   */
  readonly labels?: Readonly<Record<string, string>>;

  /**
   * Taints of their Node objects.
   * @default - none
   */
  readonly taints?: readonly Taint[];

  /**
   * Flags and configuration of their kubelets. They override those of the cluster.
   * @default - those of the cluster
   */
  readonly kubelet?: KubeletProps;

  /**
   * How many of the workers a rollout may take down at the same time.
   * @default 1
   */
  readonly maxUnavailable?: number;

  /**
   * How long to wait for the pods of a worker that leaves to end. After that, it leaves even if some are still running.
   * @default Duration.minutes(5)
   */
  readonly drainTimeout?: Duration;

  /**
   * Where the workers get images that they don't have. It replaces the cluster's `images`.
   * @default - the `images` of the cluster
   */
  readonly images?: ImagesProps;
}
