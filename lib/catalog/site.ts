import type { KeyAlgorithmName } from "./key-algorithms";
import type { Ports } from "./ports";
import type { KubernetesVersion } from "./versions";

/**
 * What rendering needs to know about one cluster: complete, validated, every default filled in.
 * Strings that name hosts may stand for values that are known only at apply; nothing here looks inside them.
 */
export interface Site {
  readonly clusterName: string;
  readonly version: KubernetesVersion;
  /** As the user gave it; a single node without one is reached at its own address. */
  readonly endpoint?: SiteEndpoint;
  /** How components are run. */
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
  /** Where the certificates are on a node; relative to where a process runs. */
  readonly certificatesDir: string;
  /** Where the kubeconfigs are on a node; relative to where a process runs. */
  readonly kubernetesDir: string;
  /** Where components listen, but for API servers: those have their nodes' `bindPort`. */
  readonly ports: Ports;
  /** The Kubernetes CA signs elsewhere: nodes get no `ca.key`, and the controller manager signs nothing. */
  readonly externalCertificateAuthority: boolean;
  /** The files of the Kubernetes CA that differ from `ca.crt`, which says whom the cluster trusts, where it was brought. */
  readonly certificateAuthorityFiles: {
    /** The one that signs, alone. */
    readonly signing: string;
    /** With those that signed it, for a program that trusts no authority without its root. */
    readonly chain: string;
  };
  readonly featureGates: Readonly<Record<string, boolean>>;
  /** Components of the user's own build may have flags that the table of flags does not know. */
  readonly allowUnknownFlags: boolean;
  readonly nodes: readonly SiteNode[];
  readonly etcd: LocalEtcd | ExternalEtcd;
  /** Seconds that a component may take to start before it is restarted; kubeadm's default is 240. */
  readonly startupTimeout?: number;
  readonly apiServer: ComponentOptions;
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
  readonly dns: { readonly enabled: boolean; readonly image: ImageOverride };
  readonly bootstrapTokens: readonly BootstrapToken[];
}

/** A host in both of its spellings: alone, and as it stands in a URL, where IPv6 is in brackets. */
export interface Address {
  readonly host: string;
  readonly urlHost: string;
}

export interface AddressPort extends Address {
  readonly port: number;
}

/** Where the nodes of a cluster reach its API servers. */
export type SiteEndpoint = AddressPort &
  ({ readonly kind: "fixed" } | VirtualIp | LocalProxy);

/** An address that moves to a control-plane node whose proxy is well. */
export interface VirtualIp extends ProxyOptions {
  readonly kind: "virtual-ip";
  /** Absent: the one that has the node's own address. */
  readonly interface?: string;
  /** 1 to 255: what tells the address's holders from others on the same link. */
  readonly routerId: number;
}

/** A proxy on each node, at its loopback address. */
export interface LocalProxy extends ProxyOptions {
  readonly kind: "local-proxy";
}

export interface ProxyOptions {
  /** Where a proxy says how it is, at the loopback address. */
  readonly healthPort: number;
}

/** How components are run on a node. */
export type SiteRuntime =
  { readonly kind: "static-pods" } | SystemdRuntime | ProcessesRuntime;

/** Processes of the user's, on the deploying machine. */
export interface ProcessesRuntime {
  readonly kind: "processes";
  /** From where they run, or absolute, or below `~/`; absent: on the PATH. */
  readonly binaryDirectory?: string;
}

export interface SystemdRuntime {
  readonly kind: "systemd";
  /** Where the binaries are on a node. */
  readonly binaryDirectory: string;
  /** Where components write what they log; absent: to the journal. */
  readonly logDirectory?: string;
  /** Who runs etcd, and who runs the API server, the controller manager and the scheduler. */
  readonly users: { readonly etcd: string; readonly kubernetes: string };
}

/** A node: of the control plane, of an etcd of its own, or a worker. */
export interface SiteNode {
  readonly name: string;
  /** What the API server and etcd of this node advertise. */
  readonly address: Address;
  /** The loopback address of the same family: 127.0.0.1 or ::1. */
  readonly loopback: Address;
  /** Further addresses of this node, for its certificates and, with a second family, kubelet's `--node-ip`. */
  readonly addresses: readonly string[];
  /** Its API server's; a worker has none there. */
  readonly bindPort: number;
  /** Where its API server listens; absent: at all addresses of the machine. */
  readonly bindAddress?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `undefined` means kubeadm's default, the control-plane taint. */
  readonly taints?: readonly Taint[];
  readonly criSocket: string;
  readonly imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  readonly kubeletExtraArgs: ExtraArgs;
  /** Whether a rollout brings its files to it. A directory's files go where kubelet's package brought its own. */
  readonly hosted: boolean;
}

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
   * What has to be there, or is made: `File`, `DirectoryOrCreate`, …
   * @default - whatever is there
   * @see https://kubernetes.io/docs/concepts/storage/volumes/#hostpath-volume-types
   */
  readonly pathType?: string;
}

/** An environment variable, as Kubernetes' EnvVar. */
export interface ExtraEnv {
  /** Its name. */
  readonly name: string;
  /**
   * Its value.
   * @default - empty, or `valueFrom`
   */
  readonly value?: string;
  /**
   * Where its value comes from, in place of `value`: a Kubernetes EnvVarSource.
   * @default - `value`
   */
  readonly valueFrom?: Readonly<Record<string, unknown>>;
}

export interface ComponentOptions {
  readonly extraArgs: ExtraArgs;
  readonly extraVolumes: readonly ExtraVolume[];
  readonly extraEnvs: readonly ExtraEnv[];
}

/** Another image than the one that Kubernetes comes with. */
export interface ImageOverride {
  /**
   * Where it is, without its own name and tag: `registry.example.org/k8s`.
   * @default - as the cluster's other images
   */
  readonly repository?: string;
  /**
   * Its tag.
   * @default - the one that this Kubernetes comes with
   */
  readonly tag?: string;
}

export interface LocalEtcd {
  readonly kind: "local";
  /** Hosts that run nothing but etcd; absent: a member on each control-plane node. */
  readonly nodes?: readonly SiteNode[];
  /** How members are run there; absent: as the rest of the cluster. */
  readonly runtime?: SystemdRuntime;
  /** Whether clients and peers have certificates. */
  readonly tls: boolean;
  readonly dataDir: string;
  readonly extraArgs: ExtraArgs;
  readonly extraEnvs: readonly ExtraEnv[];
  readonly image: ImageOverride;
  readonly serverCertSans: readonly string[];
  readonly peerCertSans: readonly string[];
}

/** etcd elsewhere; the files are paths on the node. */
export interface ExternalEtcd {
  readonly kind: "external";
  readonly endpoints: readonly string[];
  /** Where etcd answers HTTP, if not at its endpoints. */
  readonly httpEndpoints?: readonly string[];
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** Its id and secret are made at apply. */
export interface BootstrapToken {
  readonly description?: string;
  /** As kubeadm writes it, `24h0m0s`; `0s` never expires. */
  readonly ttl: string;
  /** RFC 3339; in place of `ttl`. */
  readonly expires?: string;
  readonly usages: readonly string[];
  readonly groups: readonly string[];
}
