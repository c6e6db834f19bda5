import type { ComponentFile } from "./component-file";
import type { EncryptionTarget } from "./encryption";
import type { KeyAlgorithmName } from "./key-algorithms";
import type { Ports } from "./ports";
import type { KubernetesVersion } from "./versions";

/**
 * Everything that rendering needs to know about one cluster. It is validated, and every default is filled in. Texts that
 * name hosts may be tokens, which are known only at apply, so their content must not be examined.
 */
export interface Site {
  readonly clusterName: string;
  readonly version: KubernetesVersion;
  /** The endpoint that the user set. Without one, a single node is reached at its own address. */
  readonly endpoint?: SiteEndpoint;
  /** How components run. */
  readonly runtime: SiteRuntime;
  readonly podSubnets: readonly string[];
  readonly serviceSubnets: readonly string[];
  readonly dnsDomain: string;
  readonly certSans: readonly string[];
  readonly keyAlgorithm: KeyAlgorithmName;
  /** Hours. */
  readonly certificateValidity: number;
  /** Hours. */
  readonly caCertificateValidity: number;
  readonly imageRepository: string;
  /** The directory of the certificates on a node. For local processes, it is relative to their working directory. */
  readonly certificatesDir: string;
  /** The directory of the kubeconfigs on a node. For local processes, it is relative to their working directory. */
  readonly kubernetesDir: string;
  /** The ports of the components, except API servers, which use the `bindPort` of their node. */
  readonly ports: Ports;
  /** Whether the key of the Kubernetes CA is elsewhere. Then no node has `ca.key`, and the controller manager signs nothing. */
  readonly externalCertificateAuthority: boolean;
  /**
   * The Kubernetes CA's files besides `ca.crt`, which contains the CAs that the cluster trusts. They differ from it
   * only if the user provided the CA.
   */
  readonly certificateAuthorityFiles: {
    /** The file with only the CA that signs. */
    readonly signing: string;
    /** The file with that CA and its issuers, for programs that trust a CA only up to its root. */
    readonly chain: string;
  };
  readonly featureGates: Readonly<Record<string, boolean>>;
  /** Whether flags that are not in the table are accepted, because components from the user's own build may have them. */
  readonly allowUnknownFlags: boolean;
  readonly nodes: readonly SiteNode[];
  readonly etcd: LocalEtcd | ExternalEtcd;
  /** Seconds that a component may take to start before it is restarted; kubeadm's default is 240. */
  readonly startupTimeout?: number;
  readonly apiServer: ComponentOptions;
  /** How API servers encrypt values in etcd. Absent: they don't. */
  readonly encryption?: SiteEncryption;
  /**
   * What keeps API servers from answering health checks that carry no credential, such as those of kubelet, as the
   * beginning of a sentence. Absent if they answer.
   */
  readonly healthRefusal?: string;
  readonly controllerManager: ComponentOptions & { readonly enabled: boolean };
  readonly scheduler: ComponentOptions & { readonly enabled: boolean };
  readonly kubelet: {
    /** Fields of a KubeletConfiguration that the user sets; they win over the defaults. */
    readonly config: Readonly<Record<string, unknown>>;
    readonly extraArgs: ExtraArgs;
  };
  readonly kubeProxy: {
    readonly enabled: boolean;
    /** Fields of a KubeProxyConfiguration that the user sets. */
    readonly config: Readonly<Record<string, unknown>>;
  };
  readonly dns: {
    readonly enabled: boolean;
    readonly image: ImageOverride;
    /** The user's own Corefile. Absent: it is generated. */
    readonly corefile?: string;
  };
  readonly bootstrapTokens: readonly BootstrapToken[];
  /** The benchmark that the cluster should pass. Absent: none, as with kubeadm. */
  readonly hardening?: "cis";
  /** Files that components read, made from props. Absent: none. */
  readonly files?: readonly ComponentFile[];
}

export interface SiteEncryption extends EncryptionTarget {
  /**
   * The EncryptionConfiguration that API servers read, if they do not read the one in the node tree: a local control plane
   * would read a new one before its turn.
   */
  readonly file?: string;
}

/** A host, as it is and as it is written in a URL, where an IPv6 address is in brackets. */
export interface Address {
  readonly host: string;
  readonly urlHost: string;
}

export interface AddressPort extends Address {
  readonly port: number;
}

/** The address at which the nodes of a cluster reach its API servers. */
export type SiteEndpoint = AddressPort &
  ({ readonly kind: "fixed" } | VirtualIp | LocalProxy);

/** An address that moves to a control-plane node whose proxy is healthy. */
export interface VirtualIp extends ProxyOptions {
  readonly kind: "virtual-ip";
  /** The network interface. Absent: the interface that has the node's own address. */
  readonly interface?: string;
  /** 1 to 255. Distinguishes these nodes from other VRRP groups on the same link. */
  readonly routerId: number;
}

/** A proxy on each node, at its loopback address. */
export interface LocalProxy extends ProxyOptions {
  readonly kind: "local-proxy";
}

export interface ProxyOptions {
  /** The port of the proxy's health checks, at the loopback address. */
  readonly healthPort: number;
}

/** How components run on a node. */
export type SiteRuntime =
  { readonly kind: "static-pods" } | SystemdRuntime | ProcessesRuntime;

/** Components run as processes of the user, on the machine that deploys. */
export interface ProcessesRuntime {
  readonly kind: "processes";
  /** The directory of the binaries: absolute, below `~/`, or relative to the working directory. Absent: the PATH. */
  readonly binaryDirectory?: string;
}

export interface SystemdRuntime {
  readonly kind: "systemd";
  /** The directory of the binaries on a node. */
  readonly binaryDirectory: string;
  /** The directory of the components' log files. Absent: they log to the journal. */
  readonly logDirectory?: string;
  /** The users that run etcd, and that run the API server, the controller manager and the scheduler. */
  readonly users: { readonly etcd: string; readonly kubernetes: string };
}

/** A control-plane node, a dedicated etcd host, or a worker. */
export interface SiteNode {
  readonly name: string;
  /** The address that this node's API server and etcd advertise. */
  readonly address: Address;
  /** The loopback address of the same family: 127.0.0.1 or ::1. */
  readonly loopback: Address;
  /** Further addresses of this node, for its certificates and, with a second family, kubelet's `--node-ip`. */
  readonly addresses: readonly string[];
  /** The port of its API server. It has no meaning on a worker. */
  readonly bindPort: number;
  /** The address on which its API server listens. Absent: all addresses of the host. */
  readonly bindAddress?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `undefined` means kubeadm's default, the control-plane taint. */
  readonly taints?: readonly Taint[];
  readonly criSocket: string;
  readonly imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  readonly kubeletExtraArgs: ExtraArgs;
  /**
   * Whether a rollout delivers files to it. If not, the user copies them to a host whose kubelet package already has its
   * own drop-in.
   */
  readonly hosted: boolean;
}

/** Whether a node runs an API server: it is a control-plane node. */
export const runsApiServer = (site: Site, { name }: SiteNode): boolean =>
  site.nodes.some((node) => node.name === name);

/** What keeps pods off a node. */
export interface Taint {
  /** A qualified name: `node-role.kubernetes.io/control-plane`. */
  readonly key: string;
  /**
   * What a toleration may ask for.
   * @default - none
   */
  readonly value?: string;
  /** What it does to pods that do not tolerate it. */
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** Flags by name without dashes; a list repeats the flag. */
export type ExtraArgs = Readonly<Record<string, string | readonly string[]>>;

/** A path of the node in the container of a component. */
export interface ExtraVolume {
  /** Its name in the pod; no other volume has it. */
  readonly name: string;
  /** The path on the node. */
  readonly hostPath: string;
  /** The path in the container. */
  readonly mountPath: string;
  /**
   * Whether the container cannot write there.
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * What must exist at the path, or is created there: `File`, `DirectoryOrCreate`, …
   * @default - whatever is there
   * @see https://kubernetes.io/docs/concepts/storage/volumes/#hostpath-volume-types
   */
  readonly pathType?: string;
}

/** An environment variable, like Kubernetes' EnvVar. */
export interface ExtraEnv {
  /** Its name. */
  readonly name: string;
  /**
   * Its value.
   * @default - empty, or `valueFrom`
   */
  readonly value?: string;
  /**
   * The source of its value, instead of `value`: a Kubernetes EnvVarSource.
   * @default - `value`
   */
  readonly valueFrom?: Readonly<Record<string, unknown>>;
}

export interface ComponentOptions {
  /** The flags that replace defaults. In a finished site, `addArgs` are among them. */
  readonly extraArgs: ExtraArgs;
  /** The values that are added to flags that are lists. */
  readonly addArgs: ExtraArgs;
  readonly extraVolumes: readonly ExtraVolume[];
  readonly extraEnvs: readonly ExtraEnv[];
}

/** Replaces the image that belongs to the Kubernetes version. */
export interface ImageOverride {
  /**
   * The image's repository, without its name and tag: `registry.example.org/k8s`.
   * @default - the repository of the cluster's other images
   */
  readonly repository?: string;
  /**
   * The image's tag.
   * @default - the tag that belongs to the Kubernetes version
   */
  readonly tag?: string;
}

export interface LocalEtcd extends Omit<ComponentOptions, "extraVolumes"> {
  readonly kind: "local";
  /** Hosts that run only etcd. Absent: each control-plane node runs a member. */
  readonly nodes?: readonly SiteNode[];
  /** How members run there. Absent: like the rest of the cluster. */
  readonly runtime?: SystemdRuntime;
  /** Whether clients and peers have certificates. */
  readonly tls: boolean;
  readonly dataDir: string;
  readonly image: ImageOverride;
  readonly serverCertSans: readonly string[];
  readonly peerCertSans: readonly string[];
  /** How the members save it on their hosts. Absent: they don't. */
  readonly backup?: EtcdBackup;
}

/** When the members of etcd save it on their hosts, and where. */
export interface EtcdBackup {
  /** As systemd writes the times of a timer. */
  readonly schedule: string;
  /** How many snapshots each host keeps. */
  readonly keep: number;
  readonly directory: string;
}

/** An etcd that this library does not set up. The files are paths on the node. */
export interface ExternalEtcd {
  readonly kind: "external";
  readonly endpoints: readonly string[];
  /** The URLs at which etcd answers HTTP, if they differ from its endpoints. */
  readonly httpEndpoints?: readonly string[];
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** A bootstrap token, whose id and secret are made at apply. */
export interface BootstrapToken {
  readonly description?: string;
  /** As kubeadm writes it: `24h0m0s`. A token with `0s` never expires. */
  readonly ttl: string;
  /** A time as in RFC 3339, instead of `ttl`. */
  readonly expires?: string;
  readonly usages: readonly string[];
  readonly groups: readonly string[];
}
