import type { Subject, Usage } from "../catalog/certificates";
import type { KeyAlgorithmName } from "../catalog/key-algorithms";
import type { AccountName } from "./rbac";

export type { Subject, Usage };

/**
 * The specs of artefacts that contain secrets. A plan shows what is wanted, and where a secret goes, but never the
 * secret. The agent reads these specs and makes the files.
 */

/** A certificate, of a CA or of anything else. */
export interface CertificateSpec {
  readonly subject: Subject;
  /** DNS names and IP addresses. They are told apart at apply, when every value is known. */
  readonly names?: readonly string[];
  /** Absent for a CA. */
  readonly usages?: readonly Usage[];
  readonly keyAlgorithm: KeyAlgorithmName;
  /** As kubeadm writes durations: `8760h0m0s`. */
  readonly validity: string;
  /** The previous generation of a CA, which is trusted, too: its files in the store. */
  readonly previous?: { readonly certificate: string; readonly key: string };
}

/** A CA whose files the user provides. */
export interface ImportedAuthoritySpec {
  readonly certificate: FileReference;
  /** Absent if the key is elsewhere. */
  readonly key?: FileReference;
  /** Whether the cluster trusts its issuers, too. */
  readonly trustChain?: boolean;
}

/** One of the user's files on the machine that deploys. The spec has its path and hash; its content is read at apply. */
export interface FileReference {
  readonly file: string;
  readonly sha256: string;
}

export interface KeyPairSpec {
  readonly keyAlgorithm: KeyAlgorithmName;
  /** The file of the store with the public keys of the previous generation, which stay valid. */
  readonly previous?: string;
  /** Absent: public keys that are in its file already stay valid. */
  readonly trustPrevious?: false;
}

/** A file with random bytes. */
export interface EncryptionKeySpec {
  readonly bytes: number;
}

/** A file with a random secret of letters and digits, which needs no quotes in any format. */
export interface SecretSpec {
  readonly letters: number;
  /** The text before the secret, in the same line. */
  readonly prefix: string;
}

/**
 * A kubeconfig. Values inside `config` may be {@link Reference}s. If `clientCertificate` is set, the certificate and its
 * key are made with the kubeconfig, and exist only in it.
 */
export interface KubeconfigSpec {
  readonly clientCertificate?: CertificateSpec;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A service account token in a kubeconfig: either a bound token with a lifetime, or the token of a Secret. */
export interface ServiceAccountTokenSpec {
  readonly serviceAccount: AccountName;
  /** A Go duration. Absent for the token of a Secret. */
  readonly lifetime?: string;
  /** Absent: the API servers. */
  readonly audiences?: readonly string[];
  /** The name of the Secret, in the account's namespace. */
  readonly secret?: string;
  /**
   * The file of the store with the public keys of the service accounts, the newest first: a token that an earlier key
   * signed is replaced. Absent: there never was another key.
   */
  readonly publicKeys?: string;
  /** Values may be {@link Reference}s. */
  readonly kubeconfig: Readonly<Record<string, unknown>>;
}

/** A kubeconfig with the contexts of several other kubeconfigs. */
export interface MergedKubeconfigSpec {
  readonly contexts: readonly {
    readonly name: string;
    /** The path of a kubeconfig with one context, relative to the stack's folder. */
    readonly kubeconfig: string;
    /** Absent: the namespace in that kubeconfig. */
    readonly namespace?: string;
  }[];
  readonly currentContext?: string;
  /** The user's own kubeconfig into which they are merged: absolute, below `~/`, or relative to the stack's folder. */
  readonly path?: string;
}

/** `kubectl proxy` as a local process. Paths are absolute, below `~/`, or relative to the stack's folder. */
export interface ApiProxySpec {
  /** A path, or a name on the PATH. */
  readonly kubectl: string;
  readonly kubeconfig: string;
  /** The address on which it listens; only together with `port`. */
  readonly address?: string;
  readonly port?: number;
  readonly unixSocket?: string;
  /** The flags of its request filters. */
  readonly flags: readonly string[];
}

/** A place at which other content is inserted. Only values made by `reference` are references, see `references.ts`. */
export type Reference =
  /** The base64 of a file of the store, or of the certificate or key that is made with this artefact. */
  | { readonly $base64: string | "certificate" | "key" }
  /** The trimmed text of one of the user's files, which contains a token. */
  | { readonly $text: FileReference }
  /** The token that is made with this artefact. */
  | { readonly $token: "own" }
  /** The value as YAML, in one string. */
  | { readonly $yaml: unknown }
  /** `sha256:` and the hash of the texts in this object's `data`, in the order of their keys, as kubeadm computes it. */
  | { readonly $checksum: "data" };
