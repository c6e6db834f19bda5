import type { RecordedFacts } from "../catalog/cluster-facts";
import type { Taint } from "../catalog/site";
import type { AccessRequest } from "./access";
import type { ArtefactRequest } from "./artefact";
import type { EncryptionRequest } from "./encryption";

/** A request that Terraform sends to the agent, in the environment of one `local-exec`. */
export type Request =
  | BatchRequest
  | RolloutRequest
  | BackupRequest
  | CheckRequest
  | UpgradeCheckRequest
  | PreviewRequest
  | RenewalRequest
  | EtcdCareRequest
  | SignaturesRequest
  | TeardownRequest;

interface StoreRequest {
  /** The store's directory, relative to the stack's. */
  readonly store: string;
  /** The stack that owns the store. */
  readonly stack: string;
  /**
   * The Terraform workspace that owns the store. Terraform inserts it into every request at apply.
   * @default "default"
   */
  readonly workspace?: string;
  /**
   * The folder in which the program ran, relative to the stack's directory. Printed paths are relative to it.
   * @default "../../.."
   */
  readonly workingDirectory?: string;
}

/** Makes the files of a batch's artefacts, and removes files that the batch made before but no longer contains. */
export interface BatchRequest extends StoreRequest {
  readonly action: "batch";
  /** Its name in the lines of progress: `cp-1`, `certificate authority ca`. */
  readonly title: string;
  readonly batch: string;
  readonly artefacts: readonly ArtefactRequest[];
}

/**
 * Makes hosts match their node trees, and the cluster match its objects. There is one process for the control plane, and
 * one for each worker pool.
 */
export interface RolloutRequest extends StoreRequest {
  readonly action: "rollout";
  readonly clusterName: string;
  readonly kubernetesVersion: string;
  readonly endpoint: string;
  readonly adminKubeconfig: string;
  /** What the rollout records once the cluster is set up with it. Absent in requests of earlier versions. */
  readonly facts?: RecordedFacts;
  /**
   * The hosts of a dedicated etcd, and then the control-plane nodes. A pool's rollout has them, too, because it reaches
   * the cluster through them. A node's components show its roles.
   */
  readonly nodes: readonly NodeRequest[];
  /** The pool and its workers. Present only in the rollout of a pool. */
  readonly pool?: PoolRequest;
  /** The names of the workers of all pools. Any other worker has left. */
  readonly pools: Readonly<Record<string, readonly string[]>>;
  /** The most healthy nodes that a change may take down at once. */
  readonly maxUnavailable: number;
  /** Absent with an external etcd. */
  readonly etcd?: EtcdRequest;
  /** Present while the program asks for a restore of etcd. */
  readonly restore?: RestoreRequest;
  /** How API servers encrypt values. Absent: they don't. */
  readonly encryption?: EncryptionRequest;
  /** Whether no backup is made before a step that cannot be taken back. Absent: one is made. */
  readonly noSnapshots?: boolean;
  /** Files of the store with the cluster objects, in the order in which they are applied. */
  readonly objects: readonly string[];
  readonly podNetwork?: PodNetworkRequest;
  /** Present if the endpoint is a virtual IP of the control-plane nodes. */
  readonly virtualIp?: VirtualIpRequest;
  /**
   * The first files of the artefacts that are made after the rollout, such as tokens. The rollout removes artefacts of
   * these kinds that are no longer listed. Absent: none.
   */
  readonly afterwards?: readonly string[];
}

/** The virtual IP that the control-plane nodes hold. */
export interface VirtualIpRequest {
  readonly address: string;
  readonly port: number;
  /** The network interface. Absent: the one that has the node's own address. */
  readonly interface?: string;
  readonly routerId: number;
  /** The path of keepalived's configuration on the nodes. */
  readonly configuration: string;
}

export interface PoolRequest {
  readonly name: string;
  readonly nodes: readonly NodeRequest[];
  /** Seconds that draining a removed worker may take. */
  readonly drainTimeout: number;
}

export interface EtcdRequest {
  /** etcd's data directory on each node. */
  readonly dataDir: string;
  /** The directory on each node with etcd's `ca.crt` and `healthcheck-client` pair. */
  readonly certificatesDir: string;
  readonly clientPort: number;
  readonly peerPort: number;
  /** Its release: `3.6.8`. Absent if the tag of its image is not a release. */
  readonly version?: string;
  /** Whether members and clients use TLS. Absent: they do. */
  readonly tls?: boolean;
}

/** Asks for etcd's data to be replaced once by those of a backup. */
export interface RestoreRequest {
  /** The backup, relative to the stack's directory, or below `~/`. */
  readonly file: string;
  /** The SHA-256 of its snapshot. What was restored is known by it. */
  readonly snapshot: string;
  /** The revision of the newest change in it. A 64-bit number is a string. */
  readonly revision: string;
  /** When it was made, as in RFC 3339. */
  readonly created: string;
  /** `etcdutl` on the machine that deploys, for hosts that run etcd as a unit. Absent: it is on the hosts. */
  readonly program?: BinaryRequest["source"];
}

export interface PodNetworkRequest {
  readonly kind: "routed" | "manifests";
  readonly podSubnets: readonly string[];
}

export interface NodeRequest {
  readonly name: string;
  readonly address: string;
  readonly access: AccessRequest;
  /** The id of the machine. Absent: it is not checked which machine answers. */
  readonly machineId?: string;
  /** Whether it is taken out of the cluster while its machine still exists. */
  readonly retire?: boolean;
  /** Its components in the order in which they start; kubelet is last. */
  readonly components: readonly ComponentRequest[];
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly criSocket: string;
  /** The images of its pods. */
  readonly images: readonly string[];
  /** Archives with images on the machine that deploys, relative to the stack's directory. */
  readonly imageArchives: readonly string[];
  readonly port: number;
  /** The binaries that its units run, except those of the distribution's packages. */
  readonly binaries?: readonly BinaryRequest[];
  /** The system users that run its units, each with a group of the same name. Missing users are created. */
  readonly users?: readonly string[];
  /** Present if its host saves etcd regularly. */
  readonly backup?: NodeBackupRequest;
}

/** How a host saves etcd into its own files. */
export interface NodeBackupRequest {
  /** A calendar expression of systemd. */
  readonly schedule: string;
  readonly directory: string;
  /** The program with which etcd is reached: the path of `etcdctl`, or the name `crictl`. */
  readonly program: string;
}

export interface BinaryRequest {
  /** Its path on the host. */
  readonly path: string;
  /** Its file on the machine that deploys, relative to the stack's directory. Absent: it is on the host already. */
  readonly source?: { readonly file: string; readonly sha256: string };
}

/** A component that runs on a node, and its health check as seen from the node itself. */
export interface ComponentRequest {
  readonly name: string;
  /** The path of its static pod's manifest on the node. */
  readonly manifest?: string;
  /** The name of its systemd unit: `kubelet.service`. The unit file is in the node tree, unless a package installs it. */
  readonly unit?: string;
  /** Whether it can reload its configuration without an interruption. */
  readonly reloads?: boolean;
  /** The command of its local process, which runs in the root of the node tree. */
  readonly command?: readonly string[];
  /** Environment variables of its local process, besides the few that every program needs. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Absent: it has no health check, and only systemd tells whether it runs. */
  readonly health?: {
    readonly scheme: "http" | "https";
    readonly host: string;
    readonly port: number;
    readonly path: string;
  };
  /** The ports on which it listens. */
  readonly ports: readonly number[];
  /** Seconds within which it must become healthy. */
  readonly timeout: number;
}

/** Saves etcd, with the keys that it needs, into one file. It prints where as JSON. */
export interface BackupRequest extends StoreRequest {
  readonly action: "backup";
  /** The absolute path of the folder for the file. Absent: `backups` in the store. */
  readonly to?: string;
  /** How many backups are kept there, and for how many days. Absent: all, forever. */
  readonly keep?: number;
  readonly keepDays?: number;
}

/**
 * Compares the hosts in the store's inventory with their node trees. It changes nothing except the drift tokens, and
 * records the newest snapshot of etcd that it found on a host.
 */
export interface CheckRequest extends StoreRequest {
  readonly action: "check";
}

/** Asks the cluster of the store all that an upgrade depends on. It changes nothing but that it pulls images. */
export interface UpgradeCheckRequest extends StoreRequest {
  readonly action: "upgrade-check";
  /** The release to which the upgrade would lead. */
  readonly to?: string;
  /** The release that the program says, for an upgrade of which no release was given. */
  readonly program?: string;
}

/**
 * Examines the hosts of planned rollouts, and reports the steps that each rollout would take. It changes nothing on the
 * hosts or in the store.
 */
export interface PreviewRequest extends StoreRequest {
  readonly action: "preview";
  /** The path of a file with a {@link PreviewOrder}, because that may be too large for the environment. */
  readonly order: string;
}

/** The variable with the path of a preview's result. The rollouts report what has changed since that preview. */
export const PREVIEW_VARIABLE = "CONTROL_PLANE_PREVIEW";

/** The variable with the names of nodes, separated by commas, whose hosts a destroy may leave as they are. */
export const GIVE_UP_VARIABLE = "CONTROL_PLANE_GIVE_UP";

export interface PreviewOrder {
  readonly rollouts: readonly {
    readonly request: RolloutRequest;
    /** Nodes whose hosts are known only at apply. */
    readonly unknown: readonly string[];
  }[];
  /** The files of all node trees that the plan makes or removes. */
  readonly files: readonly PlannedFile[];
}

/** A file of the store that a plan makes or removes. */
export interface PlannedFile {
  readonly path: string;
  /** The mode in octal. Absent: the file is removed. */
  readonly mode?: string;
  readonly owner?: string;
  /** Absent: the content is known only when the file is made. */
  readonly content?: string;
}

/** Asks for new keys and certificates, which the next plan then holds, or takes that back. */
export interface RenewalRequest extends StoreRequest {
  readonly action: "renewal";
  /** The SHA-256 fingerprints of the certificates, by the first file of each artefact. */
  readonly certificates: Readonly<Record<string, string>>;
  /** Whether they are no longer asked for. */
  readonly takenBack: boolean;
}

/** What can be done about an etcd cluster, beside rollouts. `status` changes nothing. */
export type EtcdTask = "status" | "defrag" | "recover";

/** Looks after the etcd cluster whose members run on the nodes in the store's inventory. */
export interface EtcdCareRequest extends StoreRequest {
  readonly action: "etcd";
  readonly task: EtcdTask;
  /** Whether members are defragmented that have little free space, too. */
  readonly all?: boolean;
}

/** Fails while a certificate of the store waits for a signature, and says what to sign and where to put it. */
export interface SignaturesRequest extends StoreRequest {
  readonly action: "signatures";
}

/** On destroy: removes everything that was made and started according to the store's inventory. */
export interface TeardownRequest extends StoreRequest {
  readonly action: "teardown";
  /** Whether the CAs, the service account key pair and etcd's data are kept. */
  readonly retainAuthorities: boolean;
}
