/** The path of keys to a value in a document. */
export type Keys = readonly (string | number)[];

/** The place of a reference in the documents of a spec. */
export interface Place {
  readonly document: number;
  readonly keys: Keys;
}

export type ArtefactKind =
  | "authority" // spec: CertificateSpec
  | "imported-authority" // spec: ImportedAuthoritySpec
  | "certificate" // spec: CertificateSpec, issuer
  | "key-pair" // spec: KeyPairSpec
  | "secret" // spec: SecretSpec
  | "encryption-key" // spec: EncryptionKeySpec
  | "encryption" // spec: an EncryptionConfiguration, which contains References
  | "kubeconfig" // spec: KubeconfigSpec; issuer if it has a client certificate
  | "service-account-token" // spec: ServiceAccountTokenSpec; made by the cluster
  | "merged-kubeconfig" // spec: MergedKubeconfigSpec
  | "api-proxy" // spec: ApiProxySpec; a local process
  | "objects" // spec: the objects, which may contain References
  | "text" // spec: the exact content
  | "file" // spec: FileReference
  | "copy"; // inputs: the files to copy, in the order of `files`; further inputs are not copied

export interface ArtefactRequest {
  readonly kind: ArtefactKind;
  /** A description for people, which `inspect` prints: `serving certificate of kube-apiserver on cp-1`. */
  readonly purpose: string;
  /**
   * One line per file, `path mode [owner]`, with paths relative to the store. A certificate comes before its key, and a
   * private key before its public key.
   */
  readonly files: string;
  readonly spec: string;
  /** The places of references in the spec. Anything that looks like a reference elsewhere is data. Absent: none. */
  readonly references?: readonly Place[];
  /** The files of the store from which it is made. If one of them changes, it is made again. */
  readonly inputs: readonly string[];
  /** The CA that signs it, as files of the store. Without the CA's key, a signing request is made instead. */
  readonly issuer?: { readonly certificate: string; readonly key?: string };
  /** How long before its expiry a certificate is renewed: `720h`. Absent: when a third of its lifetime is left. */
  readonly renewBefore?: string;
  /** Whether an existing key of a CA or key pair is kept if it is of another algorithm than the spec's. Absent: it is refused. */
  readonly keepsKey?: boolean;
  /** The token for its new stamp: the trigger `intact`, see {@link Stamp}. */
  readonly intact: string;
}

/**
 * The file `.stamps/<first file>.json`. A plan compares it with the artefact's files, and the agent compares it with the
 * spec. A plan reads `token`, `sha256`, `notBefore`, `notAfter` and `renewable`, so their meaning must never change:
 * expressions that were synthesized by any version of the library depend on it.
 */
export interface Stamp {
  readonly token: string;
  /**
   * The hashes of all files, in order, joined by spaces. While a signature is missing: `pending`; while a renewal is
   * asked for: `renewal`. Neither ever matches, so that it is planned again.
   */
  readonly sha256: string;
  /** A time as in RFC 3339. Only for certificates, and for tokens that expire. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** The earliest time of a renewal, when two thirds of the lifetime have passed. */
  readonly renewable?: string;
  readonly batch: string;
  readonly purpose: string;
  readonly kind: ArtefactKind;
  readonly files: string;
  readonly renewBefore?: string;
  /**
   * Whether its key already existed when it was first made, or was kept when the program changed its algorithm. Then
   * the key's algorithm may differ from the spec.
   */
  readonly brought?: boolean;
  /** For a CA: the lifetime that the spec had when the CA was made or adopted. */
  readonly validity?: string;
  /** For a CA: its name differs from the name in the spec, so its certificate cannot be made again. */
  readonly foreignName?: true;
  readonly pending?: PendingSignature;
  readonly renewal?: AskedRenewal;
}

/** A renewal that somebody asked for before it is due. It ends when another certificate is in the place of this one. */
export interface AskedRenewal {
  /** The SHA-256 fingerprint of the certificate that is to be replaced. */
  readonly certificate: string;
  /** The hashes of the files, which `sha256` of the stamp does not have meanwhile. */
  readonly sha256: string;
}

/** A certificate that waits for a signature. Paths are relative to the store. */
export interface PendingSignature {
  readonly request: string;
  /** The path for the signed certificate. */
  readonly certificate: string;
  /** Why the certificate at that path was not accepted. */
  readonly reason?: string;
}
