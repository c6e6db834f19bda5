import type {
  ExtraArgs,
  ExtraEnv,
  ExtraVolume,
  ImageOverride,
  Taint,
} from "../catalog/site";
import type { Duration } from "./duration";
import type { Etcd } from "./etcd";
import type { KeyAlgorithm } from "./key-algorithm";
import type { NodeAccess } from "./node-access";

/**
 * What a Kubernetes control plane is, in kubeadm's words. Addresses and names may be tokens: values of other
 * resources that are known only at apply.
 * @see https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
 */
export interface ClusterProps {
  /**
   * The cluster's name in kubeconfigs, and the name of its store.
   * @default "kubernetes"
   */
  readonly clusterName?: string;

  /** The version to run: `1.36.3`, with or without a leading `v`. Minors 1.33 to 1.37. */
  readonly kubernetesVersion: string;

  /**
   * Where clients reach the API servers: `host:port`, a name or an address, IPv6 in brackets. Part of the
   * API servers' certificates, the server of admin kubeconfigs, kube-proxy and workers.
   * @default - the address of the node, where there is only one
   */
  readonly endpoint?: string;

  /** The control-plane nodes. Etcd wants an odd number of them. */
  readonly nodes: readonly NodeProps[];

  /**
   * The pods' addresses, in CIDR notation; two families separated by a comma for dual stack.
   * @default - none: the controller manager allocates no node CIDRs
   */
  readonly podSubnet?: string;

  /**
   * The services' addresses, in CIDR notation; two families separated by a comma for dual stack.
   * @default "10.96.0.0/12"
   */
  readonly serviceSubnet?: string;

  /** @default "cluster.local" */
  readonly dnsDomain?: string;

  /**
   * Further names and addresses in the API servers' certificates.
   * @default - none
   */
  readonly certSans?: readonly string[];

  /** @default KeyAlgorithm.RSA_2048 */
  readonly keyAlgorithm?: KeyAlgorithm;

  /**
   * How long certificates are valid.
   * @default Duration.days(365)
   */
  readonly certificateValidity?: Duration;

  /**
   * How long certificate authorities are valid.
   * @default Duration.days(3650)
   */
  readonly caCertificateValidity?: Duration;

  /**
   * How long before its end a certificate is planned again. Never takes effect before two thirds of a
   * lifetime have passed.
   * @default - a third of each certificate's lifetime
   */
  readonly renewBefore?: Duration;

  /** @default "registry.k8s.io" */
  readonly imageRepository?: string;

  /**
   * Where the certificates are on a node, an absolute path.
   * @default "/etc/kubernetes/pki"
   */
  readonly certificatesDir?: string;

  /**
   * kubeadm's feature gates, as they stand in the cluster's kubeadm-config.
   * @default - none
   */
  readonly featureGates?: Readonly<Record<string, boolean>>;

  /**
   * How long a component of the control plane may take to start before its kubelet restarts it.
   * @default - 4 minutes
   */
  readonly startupTimeout?: Duration;

  /** @default - as kubeadm configures it */
  readonly apiServer?: ComponentProps;

  /** @default - as kubeadm configures it */
  readonly controllerManager?: ComponentProps;

  /** @default - as kubeadm configures it */
  readonly scheduler?: ComponentProps;

  /** @default - as kubeadm configures it */
  readonly kubelet?: KubeletProps;

  /** @default - enabled, as kubeadm configures it */
  readonly kubeProxy?: KubeProxyProps;

  /** @default - CoreDNS, as kubeadm configures it */
  readonly dns?: DnsProps;

  /** @default Etcd.stacked() */
  readonly etcd?: Etcd;

  /**
   * Tokens with which nodes join. Only what they are for: id and secret are made at apply.
   * @default - one that joins nodes and lives for a day
   */
  readonly bootstrapTokens?: readonly BootstrapTokenProps[];
}

/** A control-plane node. */
export interface NodeProps {
  /** Its name in the cluster: an RFC 1123 subdomain. A literal. */
  readonly name: string;

  /** The address that its API server and etcd advertise. */
  readonly address: string;

  /**
   * Further addresses: in its certificates, and kubelet's `--node-ip` where one is of another family.
   * @default - none
   */
  readonly addresses?: readonly string[];

  /**
   * The API server's port, 1 to 65535.
   * @default 6443
   */
  readonly bindPort?: number;

  /** @default - none but kubeadm's */
  readonly labels?: Readonly<Record<string, string>>;

  /** @default - kubeadm's: `node-role.kubernetes.io/control-plane:NoSchedule` */
  readonly taints?: readonly Taint[];

  /** @default "unix:///run/containerd/containerd.sock" */
  readonly criSocket?: string;

  /** @default "IfNotPresent" */
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";

  /**
   * Flags of this node's kubelet, over those of `kubelet.extraArgs`.
   * @default - none
   */
  readonly kubeletExtraArgs?: ExtraArgs;

  /**
   * How its files get there.
   * @default NodeAccess.directory()
   */
  readonly access?: NodeAccess;

  /**
   * Files of yours that belong on this node, an audit policy for example.
   * @default - none
   */
  readonly files?: readonly NodeFile[];
}

/** A file of yours on a node: either `text` or `source`. A component that mounts it restarts when it changes. */
export interface NodeFile {
  /** Where it goes, an absolute path. */
  readonly path: string;

  /**
   * Its content. Public: plan and state show it.
   * @default - the content of `source`
   */
  readonly text?: string;

  /**
   * A file on this machine, relative to the working directory. Terraform sees its path and its hash; it is
   * read at apply.
   * @default - `text`
   */
  readonly source?: string;

  /**
   * Octal.
   * @default "0600"
   */
  readonly mode?: string;

  /**
   * `user:group`, by name or number.
   * @default "root:root"
   */
  readonly owner?: string;
}

/** kube-apiserver, kube-controller-manager or kube-scheduler. */
export interface ComponentProps {
  /**
   * Flags by name without dashes; a list repeats the flag. They win over what is set otherwise.
   * @default - none
   */
  readonly extraArgs?: ExtraArgs;

  /** @default - none */
  readonly extraVolumes?: readonly ExtraVolume[];

  /** @default - none */
  readonly extraEnvs?: readonly ExtraEnv[];
}

export interface KubeletProps {
  /**
   * Flags of every node's kubelet, by name without dashes.
   * @default - none
   */
  readonly extraArgs?: ExtraArgs;

  /**
   * Fields of the KubeletConfiguration, as its documentation names them.
   * @default - kubeadm's
   * @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
   */
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface KubeProxyProps {
  /** @default true */
  readonly enabled?: boolean;

  /**
   * Fields of the KubeProxyConfiguration, as its documentation names them.
   * @default - kubeadm's
   * @see https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
   */
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface DnsProps {
  /** @default true */
  readonly enabled?: boolean;

  /** @default - CoreDNS of the version that this Kubernetes comes with */
  readonly image?: ImageOverride;
}

export interface BootstrapTokenProps {
  /** @default - none */
  readonly description?: string;

  /**
   * A Go duration; `0s` never expires.
   * @default "24h0m0s"
   */
  readonly ttl?: string;

  /**
   * When it expires, in place of `ttl`: RFC 3339, `2030-01-31T12:00:00Z`.
   * @default - after `ttl`
   */
  readonly expires?: string;

  /** @default ["signing", "authentication"] */
  readonly usages?: readonly string[];

  /** @default ["system:bootstrappers:kubeadm:default-node-token"] */
  readonly groups?: readonly string[];
}
