import type { Step } from "./step";

/** What a rollout would do, as far as that can be seen before. */
export interface Preview {
  /** `prod`; of a pool `prod workers`. */
  readonly title: string;
  readonly steps: readonly PreviewedStep[];
  /** Why it would end before all is done. */
  readonly refusal?: string;
  readonly warnings: readonly string[];
  /** Nodes that could not be looked at. */
  readonly unseen: readonly {
    readonly node: string;
    readonly reason: string;
    /** It never was a node, so that it is taken for an empty machine. */
    readonly isNew: boolean;
  }[];
}

export interface PreviewedStep extends Step {
  /** How long a step of this kind took the last time. */
  readonly lastSeconds?: number;
}
