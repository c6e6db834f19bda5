import type { EncryptionTarget } from "../catalog/encryption";

/** How API servers encrypt values in etcd. */
export interface EncryptionRequest extends EncryptionTarget {
  /** The path of the EncryptionConfiguration in node trees. */
  readonly file: string;
  /** Where etcd has the values of all resources: `/registry`. */
  readonly prefix: string;
  /** Whether API servers read a new configuration while they run, and tell which one they use. Absent: they restart. */
  readonly reloads?: boolean;
}
