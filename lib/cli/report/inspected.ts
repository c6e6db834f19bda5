import type { WaitingCertificate } from "../../store/errors";
import type { Problem } from "../plan/store-certificates";
import type { InspectedBackup } from "./last-backup";

export type CertificateStatus = "fine" | "due" | "expired" | "broken";

export interface InspectedCertificate {
  readonly purpose: string;
  readonly state: CertificateStatus;
  /** Why its state is not `fine`. */
  readonly reason?: string;
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly usages: readonly string[];
  readonly key: string;
  readonly authority: boolean;
  readonly notBefore: string;
  readonly notAfter: string;
  /** The time from which an apply renews it; absent for a CA, which is never renewed automatically. */
  readonly renewal?: string;
  /** What renews it. `hand`: nothing does, so the user must. */
  readonly renewedBy: "apply" | "kubelet" | "hand";
  /** All files that contain it, relative to the store. */
  readonly files: readonly string[];
  readonly serialNumber: string;
  readonly fingerprint256: string;
}

export interface InspectedStore {
  readonly store: string;
  readonly stack?: string;
  readonly clusterName?: string;
  /** Ordered by expiry. */
  readonly certificates: readonly InspectedCertificate[];
  readonly tokens: readonly InspectedToken[];
  readonly problems: readonly Problem[];
  readonly waiting: readonly WaitingCertificate[];
  /** What is known of backups. Present if etcd runs on hosts. */
  readonly backup?: InspectedBackup;
  /** Why the CAs could not be compared with the hashes in the state. If absent, they were compared. */
  readonly unanchored?: string;
}

/**
 * A service account token, as its own claims describe it. Only `cdktf-control-plane check` asks the cluster whether it
 * accepts the token.
 */
export interface InspectedToken extends Pick<
  InspectedCertificate,
  "purpose" | "state" | "reason" | "notBefore" | "renewal" | "files"
> {
  /** `system:serviceaccount:<namespace>:<name>` */
  readonly subject: string;
  /** Absent if it never expires. */
  readonly notAfter?: string;
}
