import type { VirtualIpFacts as VirtualIpRequest } from "../render/endpoint";
import type { RunningComponent as ComponentRequest } from "../render/node-request";
import type { Place } from "../render/references";

export type { Place };

/**
 * What Terraform asks of the agent: the environment of one `local-exec`. `REQUEST` holds a {@link Request};
 * a batch adds one variable `ARTEFACT_<n>` with an {@link ArtefactRequest} for each of its artefacts, because
 * Linux limits a single variable to 128 KiB.
 */
export type Request =
  | BatchRequest
  | RolloutRequest
  | CheckRequest
  | PreviewRequest
  | SignaturesRequest
  | TeardownRequest;

interface StoreRequest {
  /** The store's directory, relative to the stack's. */
  readonly store: string;
  /** The stack that owns the store. */
  readonly stack: string;
  /**
   * The workspace of Terraform that owns the store. Terraform puts it into every request at apply.
   * @default "default"
   */
  readonly workspace?: string;
  /**
   * Where the program was run, for paths that people read; relative to the stack's directory.
   * @default "../../.."
   */
  readonly workingDirectory?: string;
}

/** Makes the files of some artefacts, and removes those that this batch made before and no longer holds. */
export interface BatchRequest extends StoreRequest {
  readonly action: "batch";
  /** What the progress line says: `cp-1`, `certificate authority ca`. */
  readonly title: string;
  readonly batch: string;
}

/**
 * Brings hosts to their trees in the store, and the cluster to its objects. One process for the control plane, one for
 * each worker pool.
 */
export interface RolloutRequest extends StoreRequest {
  readonly action: "rollout";
  readonly clusterName: string;
  readonly kubernetesVersion: string;
  readonly endpoint: string;
  readonly adminKubeconfig: string;
  /**
   * The control plane's nodes, after those of an etcd on hosts of its own; whichever rollout this is, the cluster is
   * reached through them. What a node is shows in its components.
   */
  readonly nodes: readonly NodeRequest[];
  /** Only with the rollout of a pool: its workers. */
  readonly pool?: PoolRequest;
  /** The workers' names of all pools: another one left. */
  readonly pools: Readonly<Record<string, readonly string[]>>;
  /** How many live nodes may be down at once for a change. */
  readonly maxUnavailable: number;
  /** Absent with an external etcd. */
  readonly etcd?: EtcdRequest;
  /** Files of the store with the cluster's objects, in the order in which they are applied. */
  readonly objects: readonly string[];
  readonly podNetwork?: PodNetworkRequest;
  /** Present where the control plane's nodes hold the endpoint's address. */
  readonly virtualIp?: VirtualIpRequest;
  /** First files of what is made after it: what else of that kind was made before is undone. Absent: none. */
  readonly afterwards?: readonly string[];
}

export type { VirtualIpRequest };

export interface PoolRequest {
  readonly name: string;
  readonly nodes: readonly NodeRequest[];
  /** Seconds that draining a worker which leaves may take. */
  readonly drainTimeout: number;
}

export interface EtcdRequest {
  /** On each node. */
  readonly dataDir: string;
  /** On each node: the directory with etcd's `ca.crt` and `healthcheck-client` pair. */
  readonly certificatesDir: string;
  readonly clientPort: number;
  readonly peerPort: number;
}

export interface PodNetworkRequest {
  readonly kind: "routed";
  readonly podSubnets: readonly string[];
}

export interface NodeRequest {
  readonly name: string;
  readonly address: string;
  readonly access: AccessRequest;
  /** Absent: whatever machine answers is the node's. */
  readonly machineId?: string;
  /** It leaves the cluster while its machine still exists. */
  readonly retire?: boolean;
  /** What runs on it, in the order in which it starts; kubelet is the last. */
  readonly components: readonly ComponentRequest[];
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly TaintRequest[];
  readonly criSocket: string;
  /** What its pods are made from. */
  readonly images: readonly string[];
  /** Archives on the deploying machine, relative to the stack's directory, that hold images. */
  readonly imageArchives: readonly string[];
  readonly port: number;
  /** What its units run, beside what packages bring. */
  readonly binaries?: readonly BinaryRequest[];
  /** System users, each with a group of its name, that its units run as; made where they are missing. */
  readonly users?: readonly string[];
}

export interface BinaryRequest {
  /** On the host. */
  readonly path: string;
  /** On the deploying machine, relative to the stack's directory; absent: it is on the host already. */
  readonly source?: { readonly file: string; readonly sha256: string };
}

export interface TaintRequest {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export type { ComponentRequest };

export type AccessRequest =
  | { readonly kind: "directory" }
  | { readonly kind: "local"; readonly sudo: boolean }
  | SshRequest;

export interface SshRequest {
  readonly kind: "ssh";
  readonly host: string;
  /** Absent: what OpenSSH's own configuration says. */
  readonly user?: string;
  readonly port?: number;
  /** Relative to the stack's directory, or absolute. */
  readonly identityFile?: string;
  /** `[user@]host[:port]` */
  readonly jumpHost?: string;
  /** Pinned: `ssh-ed25519 AAAA…`; absent: accepted on first use. */
  readonly hostKey?: string;
  /** Whether root's rights are had by sudo. */
  readonly sudo: boolean;
  /** Seconds to wait for a host that does not answer yet. */
  readonly connectTimeout: number;
}

/** Compares every host with its tree, as the store's inventory knows them; changes nothing but the drift tokens. */
export interface CheckRequest extends StoreRequest {
  readonly action: "check";
}

/**
 * Looks at the hosts of rollouts that are planned, and says which steps each would take. Nothing is changed, neither on
 * a host nor in the store.
 */
export interface PreviewRequest extends StoreRequest {
  readonly action: "preview";
  /** A file with a {@link PreviewOrder}, which may be larger than an environment. */
  readonly order: string;
}

/** Names a file with what a preview said, for the rollouts that follow: they say what is otherwise by then. */
export const PREVIEW_VARIABLE = "CONTROL_PLANE_PREVIEW";

export interface PreviewOrder {
  readonly rollouts: readonly {
    readonly request: RolloutRequest;
    /** Nodes whose hosts are known only at apply. */
    readonly unknown: readonly string[];
  }[];
  /** What the plan makes anew or removes, of the trees of all nodes. */
  readonly files: readonly PlannedFile[];
}

/** A file of the store that a plan makes anew. */
export interface PlannedFile {
  readonly path: string;
  /** Octal; absent: the file goes. */
  readonly mode?: string;
  readonly owner?: string;
  /** Absent: it is known only when the file is made. */
  readonly content?: string;
}

/** Fails while a certificate of the store waits for a signature, and says which and where it goes. */
export interface SignaturesRequest extends StoreRequest {
  readonly action: "signatures";
}

/** On destroy: undoes what the store's inventory says was done. */
export interface TeardownRequest extends StoreRequest {
  readonly action: "teardown";
  /** Whether the certificate authorities, the service account pair and etcd's data stay. */
  readonly retainAuthorities: boolean;
}

export type ArtefactKind =
  | "authority" // spec: CertificateSpec
  | "imported-authority" // spec: ImportedAuthoritySpec
  | "certificate" // spec: CertificateSpec, issuer
  | "key-pair" // spec: KeyPairSpec
  | "secret" // spec: SecretSpec
  | "kubeconfig" // spec: KubeconfigSpec, issuer where it has a client certificate
  | "service-account-token" // spec: ServiceAccountTokenSpec; made by the cluster
  | "merged-kubeconfig" // spec: MergedKubeconfigSpec
  | "api-proxy" // spec: ApiProxySpec; a process of this machine
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
  /** Where the spec's documents hold a `Reference`; whatever looks like one elsewhere is data. Absent: nowhere. */
  readonly references?: readonly Place[];
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
  /** RFC 3339; only with a certificate, or a token that ends. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** The earliest moment that a renewal makes sense: two thirds of the lifetime. */
  readonly renewable?: string;
  readonly batch: string;
  readonly purpose: string;
  readonly kind: ArtefactKind;
  readonly files: string;
  readonly renewBefore?: string;
  /** Its key was there before it was ever made, and may be of another kind than is asked for. */
  readonly brought?: boolean;
  /** Of an authority: the lifetime that was asked for when it was made or taken. */
  readonly validity?: string;
  /** Of an authority: its name is not the one that it would get here, so that its certificate cannot be made again. */
  readonly foreignName?: true;
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
