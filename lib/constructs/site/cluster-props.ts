import type { AdmissionProps } from "./admission";
import type { Audit } from "./audit";
import type { Duration } from "../duration";
import type {
  ComponentProps,
  DnsProps,
  KubeletProps,
  KubeProxyProps,
} from "./component-props";
import type { Encryption } from "./encryption";
import type { Endpoint } from "./endpoint";
import type { Etcd } from "./etcd";
import type { Hardening } from "./hardening";
import type { KeyAlgorithm } from "../pki/key-algorithm";
import type { NodeProps } from "./node-props";
import type { Runtime } from "./runtime";
import type { TlsProps } from "./tls";

/**
 * Describes a Kubernetes control plane, with the terms of kubeadm. Addresses and names may be tokens, which are values
 * that are known only at apply.
 * @see https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
 */
export interface ClusterProps {
  /**
   * The name of the cluster in kubeconfigs, and the name of its store.
   * @default "kubernetes"
   */
  readonly clusterName?: string;

  /**
   * The Kubernetes release to run: a full version such as `1.36.3`, with or without a leading `v`. Supported are 1.33
   * to 1.37.
   * @see https://kubernetes.io/releases/
   */
  readonly kubernetesVersion: string;

  /**
   * The address at which clients reach the API servers. A text `host:port` is short for `Endpoint.fixed`. Users'
   * kubeconfigs, kube-proxy and workers connect to it, and the API servers' certificates contain it.
   * @default - the address of the node, if there is only one
   */
  readonly endpoint?: string | Endpoint;

  /**
   * How the components run.
   * @default Runtime.staticPods()
   */
  readonly runtime?: Runtime;

  /**
   * The control-plane nodes, at least one. With more than one, `endpoint` is required. For a stacked etcd, use an odd
   * number.
   */
  readonly nodes: readonly NodeProps[];

  /**
   * The address range of pods, in CIDR notation; for dual stack, an IPv4 and an IPv6 range separated by a comma. It
   * must have the same IP families as `serviceSubnet`, and be large enough for one block per node (a /24 or /64).
   * @default - none, so the controller manager allocates no blocks to nodes
   */
  readonly podSubnet?: string;

  /**
   * The address range of services, in CIDR notation; for dual stack, an IPv4 and an IPv6 range separated by a comma.
   * IPv4 ranges are /12 to /28, IPv6 ranges /108 to /124. The first address is for the API servers, the tenth for the
   * cluster DNS.
   * @default "10.96.0.0/12"
   */
  readonly serviceSubnet?: string;

  /**
   * The DNS domain of the cluster's services. The API servers' certificates contain
   * `kubernetes.default.svc.<dnsDomain>`.
   * @default "cluster.local"
   */
  readonly dnsDomain?: string;

  /**
   * More names and addresses for the API servers' certificates.
   * @default - none
   */
  readonly certSans?: readonly string[];

  /**
   * The algorithm of all keys: of CAs, certificates, and the service account key pair. Once a cluster is set up, it can
   * change only for certificates: see `allowChangesTo`.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;

  /**
   * How long certificates are valid. At most as long as CAs.
   * @default Duration.days(365)
   */
  readonly certificateValidity?: Duration;

  /**
   * How long CAs are valid. If this changes, existing CAs are signed again with the same keys.
   * @default Duration.days(3650)
   */
  readonly caCertificateValidity?: Duration;

  /**
   * How long before its end a certificate is planned for renewal, but never before two thirds of its lifetime have
   * passed.
   * @default - a third of each certificate's lifetime
   */
  readonly renewBefore?: Duration;

  /**
   * The registry from which the images of all components are pulled, with or without a path.
   * @default "registry.k8s.io"
   */
  readonly imageRepository?: string;

  /**
   * The directory of the certificates on a node, an absolute path.
   * @default "/etc/kubernetes/pki"
   */
  readonly certificatesDir?: string;

  /**
   * The feature gates of kubeadm, which are recorded in the cluster's kubeadm-config.
   * @default - none
   */
  readonly featureGates?: Readonly<Record<string, boolean>>;

  /**
   * Whether to accept flags that the components of `kubernetesVersion` do not have, for components that you build
   * yourself. By default, synthesis refuses them, and also values that the types of flags do not allow.
   * @default false
   */
  readonly allowUnknownFlags?: boolean;

  /**
   * How long a control plane component may take to start before kubelet restarts it.
   * @default - 4 minutes
   */
  readonly startupTimeout?: Duration;

  /**
   * The flags, volumes and environment variables of kube-apiserver.
   * @default - as kubeadm configures it
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
   */
  readonly apiServer?: ComponentProps;

  /**
   * The flags, volumes and environment variables of kube-controller-manager.
   * @default - as kubeadm configures it
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
   */
  readonly controllerManager?: ComponentProps;

  /**
   * The flags, volumes and environment variables of kube-scheduler.
   * @default - as kubeadm configures it
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/
   */
  readonly scheduler?: ComponentProps;

  /**
   * The flags and configuration of kubelet on all nodes.
   * @default - as kubeadm configures it
   */
  readonly kubelet?: KubeletProps;

  /**
   * Whether the cluster has kube-proxy, and its configuration.
   * @default - enabled, as kubeadm configures it
   */
  readonly kubeProxy?: KubeProxyProps;

  /**
   * Whether the cluster has CoreDNS, and its image.
   * @default - enabled, as kubeadm configures it
   */
  readonly dns?: DnsProps;

  /**
   * The etcd that stores the cluster's data: stacked on the control-plane nodes, on dedicated hosts, or external.
   * @default Etcd.stacked()
   */
  readonly etcd?: Etcd;

  /**
   * How far the cluster goes beyond what kubeadm does to protect it.
   * @default Hardening.none()
   */
  readonly hardening?: Hardening;

  /**
   * The versions, cipher suites and key exchanges of TLS for all components at once: API servers, controller managers,
   * schedulers, kubelets, and the etcd that is set up here. `extraArgs` of a component replaces it for that component.
   * @default - as the components choose them: TLS 1.2 or later
   */
  readonly tls?: TlsProps;

  /**
   * Which requests API servers record, and where. The files and folders that this needs are made on each control-plane
   * node.
   * @default - none
   * @see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
   */
  readonly audit?: Audit;

  /**
   * Who is accepted besides clients with certificates: an AuthenticationConfiguration, as an object or as the path of a file
   * on this machine, with the issuers of tokens (`jwt`) and the paths that are open without a credential (`anonymous`).
   * @default - as kubeadm configures it
   * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
   */
  readonly authentication?: string | Readonly<Record<string, unknown>>;

  /**
   * Which admission plugins API servers use besides their defaults, and how some of them are configured.
   * @default - as kubeadm configures it: Kubernetes' defaults and NodeRestriction
   * @see https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
   */
  readonly admission?: AdmissionProps;

  /**
   * Which values API servers encrypt before they write them into etcd, and with which key. If this changes while the
   * cluster has data, the deploy encrypts all values again, proves in etcd that none is left, and only then lets go of
   * what it was before. Needs nodes with an access, and an etcd that is not external.
   * @default - none are encrypted
   */
  readonly encryption?: Encryption;

  /**
   * Bootstrap tokens, with which nodes join. Their ids and secrets are made at apply.
   * @default - one token for joining nodes that expires after a day
   */
  readonly bootstrapTokens?: readonly BootstrapTokenProps[];

  /**
   * Where nodes get images that they don't have.
   * @default - nodes pull them from `imageRepository`
   */
  readonly images?: ImagesProps;
}

/** Describes a bootstrap token, with which nodes join. It does not contain the secret. */
export interface BootstrapTokenProps {
  /**
   * A description for people.
   * @default - none
   */
  readonly description?: string;

  /**
   * How long it is valid, as a Go duration. With `0s`, it never expires.
   * @default "24h0m0s"
   */
  readonly ttl?: string;

  /**
   * When it expires, instead of `ttl`, as an RFC 3339 time: `2030-01-31T12:00:00Z`.
   * @default - it expires after `ttl`
   */
  readonly expires?: string;

  /**
   * The purposes for which it may be used: `signing` (of cluster-info) and `authentication`.
   * @default ["signing", "authentication"]
   */
  readonly usages?: readonly string[];

  /**
   * The groups of a client that authenticates with it. Their names begin with `system:bootstrappers:`.
   * @default ["system:bootstrappers:kubeadm:default-node-token"]
   */
  readonly groups?: readonly string[];
}

/** Describes where nodes get images that they don't have. */
export interface ImagesProps {
  /**
   * Image archives on this machine, relative to the working directory, as `docker save` or `ctr images export` write
   * them. They are copied to the hosts. Images that are not in an archive are pulled.
   * @default - none
   */
  readonly archives?: readonly string[];
}
