import type { Taint } from "../../catalog/site";
import type { ImagesProps, KubeletProps } from "./cluster-props";
import type { Duration } from "../duration";
import type { MachineProps } from "./node-props";

/** A worker: it has a kubelet, and whatever pods the cluster gives it. */
export interface WorkerProps extends MachineProps {
  /**
   * Labels of its Node object, over those of its pool.
   * @default - those of its pool
   */
  readonly labels?: Readonly<Record<string, string>>;

  /**
   * Taints of its Node object, in place of those of its pool.
   * @default - those of its pool
   */
  readonly taints?: readonly Taint[];
}

/** Workers that are alike, and are rolled out together. */
export interface WorkerPoolProps {
  /** The workers; none is allowed, for a pool that is to be empty. No other node of the cluster has their names. */
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
   * Flags and configuration of their kubelets, over the cluster's.
   * @default - the cluster's
   */
  readonly kubelet?: KubeletProps;

  /**
   * How many of them may be down at once for a change.
   * @default 1
   */
  readonly maxUnavailable?: number;

  /**
   * How long the pods of a worker that leaves may take to end; then it leaves with those that are left.
   * @default Duration.minutes(5)
   */
  readonly drainTimeout?: Duration;

  /**
   * Where they get images from that they don't have, in place of what the cluster says.
   * @default - the cluster's
   */
  readonly images?: ImagesProps;
}
