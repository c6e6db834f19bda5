import type { RolloutRequest } from "./request";

/**
 * What synthesis says of a stack's resources, for the command line: `control-plane.json` beside `cdk.tf.json`. A stack
 * without a store has none.
 */
export interface Manifest {
  readonly version: number;
  readonly stack: string;
  /** Where the program was run; relative to the stack's folder, as every path here. */
  readonly workingDirectory: string;
  readonly stores: readonly ManifestStore[];
}

export const MANIFEST_FILE = "control-plane.json";

/** The agent beside a stack is an asset of this name: where it is, a manifest has to be. */
export const AGENT_ASSET = "control-plane-agent";

/**
 * The trigger that says in the state what a resource is which has no triggers by itself. All others are told by their
 * triggers. Terraform ignores a change of it, so that resources of earlier versions are not replaced.
 */
export const KIND_TRIGGER = "cdktf-control-plane";

/** Grows with each change that an older command line would misread. */
export const MANIFEST_VERSION = 1;

/** A store, and every resource that works for it. */
export interface ManifestStore {
  /** `${terraform.workspace}` in it stands for the workspace. */
  readonly directory: string;
  readonly resources: readonly ManifestResource[];
}

/** One resource of this library. Whatever else is in the stack is the user's. */
export type ManifestResource =
  ArtefactRow | BatchRow | RolloutRow | AnchorRow | TeardownRow | PlainRow;

export type ResourceKind = ManifestResource["kind"];

interface Row {
  /** As Terraform calls it: `terraform_data.test_ca_batch_1B2C3D4E`. */
  readonly address: string;
}

/** Files that are made together: a certificate and its key. */
export interface ArtefactRow extends Row {
  readonly kind: "artefact";
  /** Relative to the store. */
  readonly files: readonly string[];
  /** The address of the batch that makes them. */
  readonly batch: string;
  /** The trigger `spec` is the content of its file, byte for byte. */
  readonly literal?: true;
}

export interface BatchRow extends Row {
  readonly kind: "batch";
  /** As its lines of progress call it. */
  readonly title: string;
}

export interface RolloutRow extends Row {
  readonly kind: "rollout";
  readonly title: string;
  /**
   * What the agent is asked. A value that is known only at apply is left out, or null in a list, and its place is in
   * `unknown`.
   */
  readonly request: RolloutOrder;
  /** JSON pointers into `request`: `/nodes/0/access/host`. */
  readonly unknown: readonly string[];
}

/** A rollout's request without what every request says. */
export type RolloutOrder = Omit<
  RolloutRequest,
  "action" | "store" | "stack" | "workspace" | "workingDirectory"
>;

/** Keeps the hash of a file in the state. */
export interface AnchorRow extends Row {
  readonly kind: "anchor";
  /** Relative to the store. */
  readonly file: string;
}

export interface TeardownRow extends Row {
  readonly kind: "teardown";
  readonly retainAuthorities: boolean;
}

/** Those of which nothing more is to be said. */
export interface PlainRow extends Row {
  readonly kind: "access" | "guard" | "signatures";
}
