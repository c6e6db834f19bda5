import type { Subject, Usage } from "../catalog/certificates";
import type { KeyAlgorithmName } from "../catalog/key-algorithms";

export type { Subject, Usage };

/**
 * What a plan shows of the artefacts that hold secrets: what is wanted, and where a secret goes, never
 * what it is. The agent reads these back and makes the files.
 */

/** A certificate, or the certificate of a certificate authority. */
export interface CertificateSpec {
  readonly subject: Subject;
  /** DNS names and addresses; which is which is seen at apply, where every value is known. */
  readonly names?: readonly string[];
  /** Absent for a certificate authority. */
  readonly usages?: readonly Usage[];
  readonly keyAlgorithm: KeyAlgorithmName;
  /** As kubeadm writes durations: `8760h0m0s`. */
  readonly validity: string;
}

/** A certificate authority whose files the user brings. */
export interface ImportedAuthoritySpec {
  readonly certificate: FileReference;
  /** Absent where the key is held elsewhere. */
  readonly key?: FileReference;
  /** Whether those that signed it are trusted as well. */
  readonly trustChain?: boolean;
}

/** A file of the user's on the deploying machine: named and fingerprinted here, read at apply. */
export interface FileReference {
  readonly file: string;
  readonly sha256: string;
}

export interface KeyPairSpec {
  readonly keyAlgorithm: KeyAlgorithmName;
}

/** A random word in a file of its own: letters and digits, which need no quotes anywhere. */
export interface SecretSpec {
  readonly letters: number;
  /** What stands before it, on its line. */
  readonly prefix: string;
}

/**
 * A kubeconfig. Inside `config` a value may be a {@link Reference}. Where `clientCertificate` is given the
 * certificate and its key are made with the kubeconfig and live only in it.
 */
export interface KubeconfigSpec {
  readonly clientCertificate?: CertificateSpec;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A token of a service account, and the kubeconfig that it is in. Bound, with a lifetime, or that of a Secret. */
export interface ServiceAccountTokenSpec {
  readonly serviceAccount: {
    readonly namespace: string;
    readonly name: string;
  };
  /** A Go duration; absent with a Secret. */
  readonly lifetime?: string;
  /** Absent: the API servers. */
  readonly audiences?: readonly string[];
  /** In the account's namespace. */
  readonly secret?: string;
  /** Values may be {@link Reference}s. */
  readonly kubeconfig: Readonly<Record<string, unknown>>;
}

/** Contexts of several kubeconfigs in one file. */
export interface MergedKubeconfigSpec {
  readonly contexts: readonly {
    readonly name: string;
    /** A file with one context, relative to the stack's folder. */
    readonly kubeconfig: string;
    /** Absent: that file's own. */
    readonly namespace?: string;
  }[];
  readonly currentContext?: string;
  /** Where they are merged into what others have there: absolute, from `~/`, or relative to the stack's folder. */
  readonly path?: string;
}

/** `kubectl proxy` as a process of this machine. Paths are from the stack's folder, absolute, or from `~/`. */
export interface ApiProxySpec {
  /** A path, or a name on the PATH. */
  readonly kubectl: string;
  readonly kubeconfig: string;
  /** With a port. */
  readonly address?: string;
  readonly port?: number;
  readonly unixSocket?: string;
  /** What it lets through. */
  readonly flags: readonly string[];
}

/** Stands where the bytes of something else go. Only those that `reference` made are any, see `references.ts`. */
export type Reference =
  /** The base64 of a file of the store, of this artefact's own new certificate, or of its key. */
  | { readonly $base64: string | "certificate" | "key" }
  /** The text, trimmed, of a file of the user's: a token. */
  | { readonly $text: FileReference }
  /** The token that is made with this artefact. */
  | { readonly $token: "own" }
  /** The YAML of what follows, as one string. */
  | { readonly $yaml: unknown }
  /** `sha256:` and the hash of the texts of this object's `data`, in the order of their keys, as kubeadm signs. */
  | { readonly $checksum: "data" };
