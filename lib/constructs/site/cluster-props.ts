import type {
  ExtraArgs,
  ExtraEnv,
  ExtraVolume,
  ImageOverride,
} from "../../catalog/site";
import type { Duration } from "../duration";
import type { Endpoint } from "./endpoint";
import type { Etcd } from "./etcd";
import type { KeyAlgorithm } from "../pki/key-algorithm";
import type { NodeProps } from "./node-props";
import type { Runtime } from "./runtime";

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

  /**
   * The version to run, a full release: `1.36.3`, with or without a leading `v`. Minors 1.33 to 1.37.
   * @see https://kubernetes.io/releases/
   */
  readonly kubernetesVersion: string;

  /**
   * Where clients reach the API servers; `host:port` is the short form of `Endpoint.fixed`. Part of the API servers'
   * certificates, the server of admin kubeconfigs, kube-proxy and workers.
   * @default - the address of the node, where there is only one
   */
  readonly endpoint?: string | Endpoint;

  /**
   * How the components are run.
   * @default Runtime.staticPods()
   */
  readonly runtime?: Runtime;

  /**
   * The control-plane nodes, at least one. A stacked etcd wants an odd number of them; with more than one an
   * `endpoint` is needed.
   */
  readonly nodes: readonly NodeProps[];

  /**
   * The pods' addresses, in CIDR notation; two families separated by a comma for dual stack. Of the same families
   * and in the same order as `serviceSubnet`, and large enough for a block for each node (a /24 or /64).
   * @default - none: the controller manager allocates no node CIDRs
   */
  readonly podSubnet?: string;

  /**
   * The services' addresses, in CIDR notation; two families separated by a comma for dual stack. IPv4 from /12 to
   * /28, IPv6 from /108 to /124. The first address is the API servers', the tenth the DNS service's.
   * @default "10.96.0.0/12"
   */
  readonly serviceSubnet?: string;

  /**
   * The domain of the cluster's services: `kubernetes.default.svc.<dnsDomain>` is in the API servers' certificates.
   * @default "cluster.local"
   */
  readonly dnsDomain?: string;

  /**
   * Further names and addresses in the API servers' certificates.
   * @default - none
   */
  readonly certSans?: readonly string[];

  /**
   * What the keys of authorities, certificates and the service account pair are made with. Cannot be changed once
   * a cluster exists.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;

  /**
   * How long certificates are valid; not longer than authorities are.
   * @default Duration.days(365)
   */
  readonly certificateValidity?: Duration;

  /**
   * How long certificate authorities are valid. Another value signs those that exist again, with the same keys.
   * @default Duration.days(3650)
   */
  readonly caCertificateValidity?: Duration;

  /**
   * How long before its end a certificate is planned again. Never takes effect before two thirds of a
   * lifetime have passed.
   * @default - a third of each certificate's lifetime
   */
  readonly renewBefore?: Duration;

  /**
   * Where the images of all components come from: a registry, with or without a path.
   * @default "registry.k8s.io"
   */
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
   * Whether flags are taken that the components of `kubernetesVersion` do not have, for components of your own build.
   * @default false - synthesis refuses them, and values that their types do not allow
   */
  readonly allowUnknownFlags?: boolean;

  /**
   * How long a component of the control plane may take to start before its kubelet restarts it.
   * @default - 4 minutes
   */
  readonly startupTimeout?: Duration;

  /**
   * Flags, volumes and variables of kube-apiserver.
   * @default - as kubeadm configures it
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
   */
  readonly apiServer?: ComponentProps;

  /**
   * Flags, volumes and variables of kube-controller-manager.
   * @default - as kubeadm configures it
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
   */
  readonly controllerManager?: ComponentProps;

  /**
   * Flags, volumes and variables of kube-scheduler.
   * @default - as kubeadm configures it
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/
   */
  readonly scheduler?: ComponentProps;

  /**
   * Flags and configuration of every node's kubelet.
   * @default - as kubeadm configures it
   */
  readonly kubelet?: KubeletProps;

  /**
   * Whether kube-proxy is among the cluster's objects, and its configuration.
   * @default - enabled, as kubeadm configures it
   */
  readonly kubeProxy?: KubeProxyProps;

  /**
   * Whether CoreDNS is among the cluster's objects, and its image.
   * @default - CoreDNS, as kubeadm configures it
   */
  readonly dns?: DnsProps;

  /**
   * Where the cluster's data are: a member on each node or on hosts of its own, or an etcd that exists elsewhere.
   * @default Etcd.stacked()
   */
  readonly etcd?: Etcd;

  /**
   * Tokens with which nodes join. Only what they are for: id and secret are made at apply.
   * @default - one that joins nodes and lives for a day
   */
  readonly bootstrapTokens?: readonly BootstrapTokenProps[];

  /**
   * Where nodes get images from that they don't have.
   * @default - from `imageRepository`
   */
  readonly images?: ImagesProps;
}

/** What kube-apiserver, kube-controller-manager and kube-scheduler can be told, on all nodes alike. */
export interface ComponentProps {
  /**
   * Flags by name without dashes; a list repeats the flag. They win over what is set otherwise.
   * @default - none
   */
  readonly extraArgs?: ExtraArgs;

  /**
   * What is added to flags that are lists, to the default or to what `extraArgs` has: `{ "enable-admission-plugins":
   * "AlwaysPullImages" }` keeps NodeRestriction. The page on security lists these flags.
   * @default - nothing
   * @see https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
   */
  readonly addArgs?: ExtraArgs;

  /**
   * Paths of the node that the component's container sees. A file of `files` that is mounted restarts it when it
   * changes.
   * @default - none
   */
  readonly extraVolumes?: readonly ExtraVolume[];

  /**
   * Environment variables, as a container has them. Public: plan and state show them.
   * @default - none
   */
  readonly extraEnvs?: readonly ExtraEnv[];
}

/** What kubelet can be told. */
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

/** What kube-proxy can be told. */
export interface KubeProxyProps {
  /**
   * Whether the cluster has one; a CNI may do its work.
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Fields of the KubeProxyConfiguration, as its documentation names them.
   * @default - kubeadm's
   * @see https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
   */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** What the cluster's DNS can be told. */
export interface DnsProps {
  /**
   * Whether the cluster has CoreDNS.
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Repository and tag of its image.
   * @default - CoreDNS of the version that this Kubernetes comes with
   */
  readonly image?: ImageOverride;
}

/** A token with which nodes join: what it is for, never its secret. */
export interface BootstrapTokenProps {
  /**
   * For people.
   * @default - none
   */
  readonly description?: string;

  /**
   * How long it lives, a Go duration; `0s` never expires.
   * @default "24h0m0s"
   */
  readonly ttl?: string;

  /**
   * When it expires, in place of `ttl`: RFC 3339, `2030-01-31T12:00:00Z`.
   * @default - after `ttl`
   */
  readonly expires?: string;

  /**
   * What it may be used for: `signing` (of cluster-info), `authentication`.
   * @default ["signing", "authentication"]
   */
  readonly usages?: readonly string[];

  /**
   * The groups that it authenticates as; they begin with `system:bootstrappers:`.
   * @default ["system:bootstrappers:kubeadm:default-node-token"]
   */
  readonly groups?: readonly string[];
}

/** Where nodes get images from that they don't have. */
export interface ImagesProps {
  /**
   * Archives that hold them, relative to the working directory, as `docker save` or `ctr images export` write them.
   * They are sent to nodes that are reached; what they don't hold is pulled.
   * @default - none
   */
  readonly archives?: readonly string[];
}
