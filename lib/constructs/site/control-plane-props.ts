import type { TerraformProvider } from "cdktf";
import type { Store } from "../../terraform/store";
import type { RemovalPolicy } from "../../terraform/store-folder";
import type { ICertificateAuthority } from "../pki/certificate-authority";
import type { ClusterProps, ImagesProps } from "./cluster-props";
import type { Duration } from "../duration";
import type { NodeProps } from "./node-props";
import type { PodNetwork } from "./pod-network";
import type { Runtime } from "./runtime";
import type { RightsProps } from "./rights";

/** Where a control plane is kept, who signs for it, and how it gets to its nodes. */
export interface ControlPlaneOptions {
  /**
   * The folder of the stores, relative to the working directory; this cluster's is `<outputDirectory>/<clusterName>`.
   * `${terraform.workspace}` in it stands for the workspace.
   * @default "clusters"
   */
  readonly outputDirectory?: string;

  /**
   * The store of this cluster, made before, for an authority that is needed earlier.
   * @default - one in `outputDirectory`
   */
  readonly store?: Store;

  /**
   * Makes every resource a `null_resource` of this provider.
   * @default - the built-in `terraform_data`, which needs no provider
   */
  readonly provider?: TerraformProvider;

  /**
   * What becomes of the certificate authorities, the service account key pair and the data of etcd on nodes, on destroy.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The Kubernetes CA, in `store`.
   * @default - one of its own
   */
  readonly certificateAuthority?: ICertificateAuthority;

  /**
   * The CA of etcd, in `store`; may be the Kubernetes CA.
   * @default - one of its own
   */
  readonly etcdCertificateAuthority?: ICertificateAuthority;

  /**
   * The CA of the front proxy, in `store`.
   * @default - one of its own
   */
  readonly frontProxyCertificateAuthority?: ICertificateAuthority;

  /**
   * How many live nodes may be down at once for a change. etcd keeps its quorum whatever it is.
   * @default 1
   */
  readonly maxUnavailable?: number;

  /**
   * How pods of different nodes reach each other, set up on nodes that are reached. Needs `podSubnet`.
   * @default - none: bring a network of your own with `addManifests`
   */
  readonly podNetwork?: PodNetwork;

  /**
   * Flags that weaken the cluster and that you mean, so that no warning names them: `kube-apiserver --token-auth-file`.
   * @default - none: each of them is a warning
   */
  readonly acceptedFlags?: readonly string[];
}

/** A control plane, and where it is kept. */
export interface ControlPlaneProps extends ClusterProps, ControlPlaneOptions {}

/** A control plane that a kubeadm file describes. */
export interface KubeadmConfigProps
  extends ControlPlaneOptions, Pick<ClusterProps, "allowUnknownFlags"> {
  /** The text of a kubeadm file, apiVersion kubeadm.k8s.io/v1beta4. */
  readonly config: string;

  /**
   * What the file cannot say of its node, the first: how it is reached, for example.
   * @default - nothing
   */
  readonly node?: KubeadmNodeProps;

  /**
   * Further nodes: the file describes the first.
   * @default - none
   */
  readonly nodes?: readonly NodeProps[];

  /**
   * Where nodes get images from that they don't have. A kubeadm file cannot say it.
   * @default - from the file's `imageRepository`
   */
  readonly images?: ImagesProps;

  /**
   * How the components are run. A kubeadm file cannot say it.
   * @default Runtime.staticPods()
   */
  readonly runtime?: Runtime;

  /**
   * How long before its end a certificate is planned again, never before two thirds of its lifetime. A kubeadm file
   * cannot say it.
   * @default - a third of each certificate's lifetime
   */
  readonly renewBefore?: Duration;
}

/** What a kubeadm file cannot say of its node. */
export type KubeadmNodeProps = Pick<
  NodeProps,
  "access" | "machineId" | "retire" | "addresses" | "files"
>;

/** A person with a kubeconfig. */
export interface UserProps extends RightsProps {
  /**
   * Kubernetes' groups: the organizations of the certificate.
   * @default - none
   */
  readonly groups?: readonly string[];

  /**
   * The namespace of its kubeconfig, and where `namespaceClusterRoles` and `namespaceRoles` are for. It is there
   * already, or manifests of yours make it.
   * @default - none: `default`
   */
  readonly namespace?: string;

  /**
   * How long its certificate is valid. It cannot be revoked: keep it short.
   * @default - as the cluster's certificates
   */
  readonly validity?: Duration;

  /**
   * How long before its end it is planned again, never before two thirds of its lifetime.
   * @default - as the cluster's certificates
   */
  readonly renewBefore?: Duration;
}
