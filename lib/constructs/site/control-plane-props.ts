import type { TerraformProvider } from "cdktf";
import type { ClusterFact } from "../../catalog/cluster-facts";
import type { Store } from "../../terraform/store";
import type { RemovalPolicy } from "../../terraform/store-folder";
import type { ICertificateAuthority } from "../pki/authority";
import type { ClusterKeysProps } from "../pki/generations";
import type { ClusterProps, ImagesProps } from "./cluster-props";
import type { Duration } from "../duration";
import type { NodeProps } from "./node-props";
import type { PodNetwork } from "./pod-network";
import type { Runtime } from "./runtime";
import type { RightsProps } from "./rights";

/** Options of a control plane that kubeadm does not have: its store, its CAs, and its rollout. */
export interface ControlPlaneOptions {
  /**
   * The folder with the stores, relative to the working directory. The store of this cluster is
   * `<outputDirectory>/<clusterName>`. The path may contain `${terraform.workspace}`.
   * @default "clusters"
   */
  readonly outputDirectory?: string;

  /**
   * An existing store for this cluster. Create one if you need a CA before the control plane.
   * @default - a new store in `outputDirectory`
   */
  readonly store?: Store;

  /**
   * A null provider. If it is set, every resource is a `null_resource` of this provider.
   * @default - the built-in `terraform_data`, which needs no provider
   */
  readonly provider?: TerraformProvider;

  /**
   * Whether destroy keeps or removes the CAs, the service account key pair, and the data of etcd on nodes.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The Kubernetes CA. It must be in `store`.
   * @default - a new CA
   */
  readonly certificateAuthority?: ICertificateAuthority;

  /**
   * The CA of etcd. It must be in `store`, and may be the Kubernetes CA.
   * @default - a new CA
   */
  readonly etcdCertificateAuthority?: ICertificateAuthority;

  /**
   * The CA of the front proxy. It must be in `store`.
   * @default - a new CA
   */
  readonly frontProxyCertificateAuthority?: ICertificateAuthority;

  /**
   * Which generations of its own keys the cluster uses: raise a generation to rotate a CA, or the key pair that signs the
   * tokens of service accounts. Nothing that uses the previous generation fails until you set `trustPrevious: false`.
   * @default - generation 1 of each
   */
  readonly keys?: ClusterKeysProps;

  /**
   * How many running nodes a rollout may take down at the same time. It never takes down so many that etcd loses its
   * quorum.
   * @default 1
   */
  readonly maxUnavailable?: number;

  /**
   * What may change although the cluster is set up: a plan that changes anything else of `serviceSubnet`, `podSubnet`,
   * `dnsDomain`, `clusterName`, `keyAlgorithm` or the names of nodes (`nodeNames`) fails, and says what would break.
   * Remove it after the deploy; that changes no plan. Nodes on hosts keep their names in any case.
   * @default - none of these may change
   */
  readonly allowChangesTo?: readonly ClusterFact[];

  /**
   * The network between pods on different nodes. It is set up on nodes with `NodeAccess.ssh` or `NodeAccess.local`, and
   * needs `podSubnet`.
   * @default - none: add your own network with `addManifests`
   */
  readonly podNetwork?: PodNetwork;

  /**
   * Flags that weaken the cluster and that you accept, such as `kube-apiserver --token-auth-file`. Synthesis does not
   * warn of these.
   * @default - none: synthesis warns of each flag that weakens the cluster
   */
  readonly acceptedFlags?: readonly string[];
}

/** Describes a control plane. */
export interface ControlPlaneProps extends ClusterProps, ControlPlaneOptions {}

/** Describes a control plane by a kubeadm file, and by props that such a file cannot contain. */
export interface KubeadmConfigProps
  extends
    ControlPlaneOptions,
    Pick<
      ClusterProps,
      | "admission"
      | "allowUnknownFlags"
      | "audit"
      | "authentication"
      | "encryption"
      | "hardening"
      | "tls"
    > {
  /** The text of a kubeadm file, apiVersion kubeadm.k8s.io/v1beta4. */
  readonly config: string;

  /**
   * Props of the node in the file that a kubeadm file cannot contain, such as its access.
   * @default - none
   */
  readonly node?: KubeadmNodeProps;

  /**
   * More nodes, in addition to the node that the file describes.
   * @default - none
   */
  readonly nodes?: readonly NodeProps[];

  /**
   * Where nodes get images that they don't have. A kubeadm file cannot contain this.
   * @default - nodes pull them from the file's `imageRepository`
   */
  readonly images?: ImagesProps;

  /**
   * How the components run. A kubeadm file cannot contain this.
   * @default Runtime.staticPods()
   */
  readonly runtime?: Runtime;

  /**
   * How long before its end a certificate is planned for renewal, but never before two thirds of its lifetime have
   * passed. A kubeadm file cannot contain this.
   * @default - a third of each certificate's lifetime
   */
  readonly renewBefore?: Duration;
}

/** Props of a node that a kubeadm file cannot contain. */
export type KubeadmNodeProps = Pick<
  NodeProps,
  "access" | "machineId" | "retire" | "addresses" | "files"
>;

/** Describes a person who gets a kubeconfig. */
export interface UserProps extends RightsProps {
  /**
   * The person's groups in Kubernetes, which are the organizations of the certificate.
   * @default - none
   */
  readonly groups?: readonly string[];

  /**
   * The namespace of the kubeconfig's context, to which `namespaceClusterRoles` and `namespaceRoles` apply. It must
   * exist, or your manifests must create it.
   * @default - none, so kubectl uses `default`
   */
  readonly namespace?: string;

  /**
   * How long the certificate is valid. A certificate cannot be revoked, so keep this short.
   * @default - the cluster's `certificateValidity`
   */
  readonly validity?: Duration;

  /**
   * How long before its end the certificate is planned for renewal, but never before two thirds of its lifetime have
   * passed.
   * @default - the cluster's `renewBefore`, or a third of the validity if the validity is no longer than that
   */
  readonly renewBefore?: Duration;
}
