import type { Step } from "./step";

/** What a rollout would do, as far as it can be predicted. */
export interface Preview {
  /** `prod`, or `prod workers` for a pool. */
  readonly title: string;
  readonly steps: readonly PreviewedStep[];
  /** Why the rollout would stop before everything is done. */
  readonly refusal?: string;
  readonly warnings: readonly string[];
  /** Nodes whose hosts could not be read. */
  readonly unseen: readonly {
    readonly node: string;
    readonly reason: string;
    /** It has never been a node, so it is assumed to be an empty machine. */
    readonly isNew: boolean;
  }[];
}

export interface PreviewedStep extends Step {
  /** How many seconds a step of this kind took the last time. */
  readonly lastSeconds?: number;
}
