import type { ArtefactKind } from "./artefact";
import type { RolloutRequest } from "./request";

/**
 * The list of this library's resources in a stack, which synthesis writes for the command line: `control-plane.json`
 * beside `cdk.tf.json`. A stack without a store has no manifest.
 */
export interface Manifest {
  readonly version: number;
  readonly stack: string;
  /** The folder in which the program ran. Like all paths here, it is relative to the stack's folder. */
  readonly workingDirectory: string;
  /**
   * The names of this library's outputs. All other outputs of the stack are the user's.
   * @default - none, as in manifests of earlier versions
   */
  readonly outputs?: readonly string[];
  readonly stores: readonly ManifestStore[];
}

/** How the names of this library's outputs end. Those of a store without a control plane are `backup` and `next_expiry`. */
export const OUTPUT_ENDS = [
  "backup",
  "endpoint",
  "kubeconfig",
  "next_expiry",
] as const;

export const MANIFEST_FILE = "control-plane.json";

/** The name of the agent's asset in a stack. A stack with this asset must have a manifest. */
export const AGENT_ASSET = "control-plane-agent";

/**
 * The trigger with the kind of a resource that needs no other triggers. Other kinds are recognised by their triggers.
 * Terraform ignores changes of it, so that resources of earlier versions of the library are not replaced.
 */
export const KIND_TRIGGER = "cdktf-control-plane";

/** Is increased with each change that an older command line would misread. */
export const MANIFEST_VERSION = 1;

/** A store and its resources. */
export interface ManifestStore {
  /** May contain `${terraform.workspace}`, the placeholder for the workspace. */
  readonly directory: string;
  readonly resources: readonly ManifestResource[];
}

/** One of this library's resources. All other resources of the stack are the user's. */
export type ManifestResource =
  ArtefactRow | BatchRow | RolloutRow | AnchorRow | TeardownRow | PlainRow;

export type ResourceKind = ManifestResource["kind"];

interface Row {
  /** Terraform's address of the resource: `terraform_data.test_ca_batch_1B2C3D4E`. */
  readonly address: string;
}

/** Files that are made together: a certificate and its key. */
export interface ArtefactRow extends Row {
  readonly kind: "artefact";
  /** Relative to the store. */
  readonly files: readonly string[];
  /** The address of the batch that makes them. */
  readonly batch: string;
  /** What the trigger `spec` describes. */
  readonly of: ArtefactKind;
  /** The description for people, as in its stamp. Absent if it is known only at apply. */
  readonly purpose?: string;
  /** The certificate of the CA that signs it, relative to the store. */
  readonly issuer?: string;
  /** Whether the trigger `spec` is the exact content of the file. */
  readonly literal?: true;
}

export interface BatchRow extends Row {
  readonly kind: "batch";
  /** Its name in the lines of progress. */
  readonly title: string;
}

export interface RolloutRow extends Row {
  readonly kind: "rollout";
  readonly title: string;
  /**
   * The agent's request. A value that is known only at apply is left out, or null in a list, and its place is listed in
   * `unknown`.
   */
  readonly request: RolloutOrder;
  /** JSON pointers to the unknown values in `request`: `/nodes/0/access/host`. */
  readonly unknown: readonly string[];
}

/** A rollout's request, without the fields that all requests have. */
export type RolloutOrder = Omit<
  RolloutRequest,
  "action" | "store" | "stack" | "workspace" | "workingDirectory"
>;

/** A resource that keeps the hash of a file in the state. */
export interface AnchorRow extends Row {
  readonly kind: "anchor";
  /** Relative to the store. */
  readonly file: string;
}

export interface TeardownRow extends Row {
  readonly kind: "teardown";
  readonly retainAuthorities: boolean;
}

/** A resource without further fields. */
export interface PlainRow extends Row {
  readonly kind: "access" | "guard" | "signatures";
}
