import type { WaitingCertificate } from "../../store/errors";

export type CertificateStatus = "fine" | "due" | "expired" | "broken";

export interface InspectedCertificate {
  readonly purpose: string;
  readonly state: CertificateStatus;
  /** Why it is not fine. */
  readonly reason?: string;
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly usages: readonly string[];
  readonly key: string;
  readonly authority: boolean;
  readonly notBefore: string;
  readonly notAfter: string;
  /** From when on an apply makes it anew; absent for an authority, which is never renewed by itself. */
  readonly renewal?: string;
  /** Whose matter the renewal is. */
  readonly renewedBy: "apply" | "kubelet" | "hand";
  /** Where the same certificate lies, relative to the store. */
  readonly files: readonly string[];
  readonly serialNumber: string;
  readonly fingerprint256: string;
}

export interface InspectedStore {
  readonly store: string;
  readonly stack?: string;
  readonly clusterName?: string;
  /** The one that ends first comes first. */
  readonly certificates: readonly InspectedCertificate[];
  readonly tokens: readonly InspectedToken[];
  readonly problems: readonly {
    readonly file: string;
    readonly reason: string;
  }[];
  readonly waiting: readonly WaitingCertificate[];
  /** Why the authorities could not be compared with those that the state knows: the store vouches for itself. */
  readonly unanchored?: string;
}

/** A token of a service account, by what it says of itself: whether the cluster takes it `cdktf-control-plane check` asks. */
export interface InspectedToken {
  readonly purpose: string;
  readonly state: CertificateStatus;
  /** Why it is not fine. */
  readonly reason?: string;
  /** `system:serviceaccount:<namespace>:<name>` */
  readonly subject: string;
  readonly notBefore: string;
  /** Absent: it doesn't end. */
  readonly notAfter?: string;
  /** From when on an apply makes it anew. */
  readonly renewal?: string;
  /** Relative to the store. */
  readonly files: readonly string[];
}
