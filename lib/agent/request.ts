/**
 * What Terraform asks of the agent: the environment of one `local-exec`. `REQUEST` holds a {@link Request};
 * a batch adds one variable `ARTEFACT_<n>` with an {@link ArtefactRequest} for each of its artefacts, because
 * Linux limits a single variable to 128 KiB.
 */
export type Request =
  BatchRequest | RolloutRequest | SignaturesRequest | TeardownRequest;

interface StoreRequest {
  /** The store's directory, relative to the stack's. */
  readonly store: string;
  /** The stack that owns the store. */
  readonly stack: string;
}

/** Makes the files of some artefacts, and removes those that this batch made before and no longer holds. */
export interface BatchRequest extends StoreRequest {
  readonly action: "batch";
  /** What the progress line says: `cp-1`, `certificate authority ca`. */
  readonly title: string;
  readonly batch: string;
}

export interface RolloutRequest extends StoreRequest {
  readonly action: "rollout";
  readonly clusterName: string;
  readonly kubernetesVersion: string;
  readonly endpoint: string;
  readonly adminKubeconfig: string;
  readonly nodes: readonly NodeRequest[];
}

export interface NodeRequest {
  readonly name: string;
  readonly address: string;
  readonly access: { readonly kind: "directory" };
}

/** Fails while a certificate of the store waits for a signature, and says which and where it goes. */
export interface SignaturesRequest extends StoreRequest {
  readonly action: "signatures";
}

/** On destroy: undoes what the store's inventory says was done. */
export interface TeardownRequest extends StoreRequest {
  readonly action: "teardown";
  /** Whether the certificate authorities and the service account pair stay. */
  readonly retainAuthorities: boolean;
}

export type ArtefactKind =
  | "authority" // spec: CertificateSpec
  | "imported-authority" // spec: ImportedAuthoritySpec
  | "certificate" // spec: CertificateSpec, issuer
  | "key-pair" // spec: KeyPairSpec
  | "kubeconfig" // spec: KubeconfigSpec, issuer where it has a client certificate
  | "objects" // spec: the objects, which may hold References
  | "text" // spec: the content, exactly
  | "file" // spec: FileReference
  | "copy"; // inputs: the same files elsewhere in the store, in the same order; more of them are not copied

export interface ArtefactRequest {
  readonly kind: ArtefactKind;
  /** What it is for, in words, as `inspect` shows it: `serving certificate of kube-apiserver on cp-1`. */
  readonly purpose: string;
  /**
   * One line per file, `path mode [owner]`, paths relative to the store: the certificate before its key,
   * a private key before its public one.
   */
  readonly files: string;
  readonly spec: string;
  /** Files of the store that this is made from; a change of one of them makes it anew. */
  readonly inputs: readonly string[];
  /** The authority that signs it: its certificate and key in the store. Where the key is not there, a CSR waits. */
  readonly issuer?: { readonly certificate: string; readonly key?: string };
  /** How long before its end a certificate is renewed, `720h`; absent: when a third of its lifetime is left. */
  readonly renewBefore?: string;
  /** The token that its new stamp gets; Terraform's own fingerprint, see {@link Stamp}. */
  readonly intact: string;
}

/**
 * `.stamps/<first file>.json`: what Terraform's plan compares with the files, and the agent with the spec.
 * A plan reads `token`, `sha256`, `notAfter` and `renewable`, so their meaning is a contract with every
 * expression that was ever synthesized.
 */
export interface Stamp {
  readonly token: string;
  /** Of each file, in order, joined by spaces; `pending` while a signature is waited for, which never matches. */
  readonly sha256: string;
  /** RFC 3339; only with a certificate. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** The earliest moment that a renewal makes sense: two thirds of the lifetime. */
  readonly renewable?: string;
  readonly batch: string;
  readonly purpose: string;
  readonly kind: ArtefactKind;
  readonly files: string;
  readonly renewBefore?: string;
  readonly pending?: PendingSignature;
}

/** Paths relative to the store. */
export interface PendingSignature {
  readonly request: string;
  /** Where the signed certificate is to be put. */
  readonly certificate: string;
  /** Why the certificate that was handed in is not the one. */
  readonly reason?: string;
}
