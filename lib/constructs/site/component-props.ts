import type {
  ExtraArgs,
  ExtraEnv,
  ExtraVolume,
  ImageOverride,
} from "../../catalog/site";

/** The settings of kube-apiserver, kube-controller-manager or kube-scheduler. They apply to all nodes. */
export interface ComponentProps {
  /**
   * Flags by name, without dashes; a list repeats the flag. They override all other settings.
   * @default - none
   */
  readonly extraArgs?: ExtraArgs;

  /**
   * Values to add to flags that are lists. They are added to the value in `extraArgs`, or else to the default: `{
   * "enable-admission-plugins": "AlwaysPullImages" }` keeps NodeRestriction enabled. The page on flags lists them.
   * @default - none
   * @see https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
   */
  readonly addArgs?: ExtraArgs;

  /**
   * Paths of the node to mount into the component's container. The component restarts when a mounted file from the
   * node's `files` changes.
   * @default - none
   */
  readonly extraVolumes?: readonly ExtraVolume[];

  /**
   * Environment variables, in the format of a container. Not for secrets: plan and state show them.
   * @default - none
   */
  readonly extraEnvs?: readonly ExtraEnv[];
}

/** The settings of kubelet. */
export interface KubeletProps {
  /**
   * Flags by name, without dashes.
   * @default - none
   */
  readonly extraArgs?: ExtraArgs;

  /**
   * Fields of the KubeletConfiguration, with the names in its documentation.
   * @default - the configuration that kubeadm writes
   * @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
   */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The settings of kube-proxy. */
export interface KubeProxyProps {
  /**
   * Whether the cluster has kube-proxy. Some pod networks replace it.
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Fields of the KubeProxyConfiguration, with the names in its documentation.
   * @default - the configuration that kubeadm writes
   * @see https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
   */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The settings of the cluster DNS. */
export interface DnsProps {
  /**
   * Whether the cluster has CoreDNS.
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * The repository and the tag of its image.
   * @default - the CoreDNS that kubeadm uses for this Kubernetes version
   */
  readonly image?: ImageOverride;

  /**
   * The whole Corefile, CoreDNS's configuration. It replaces every edit in the cluster.
   * @default - the one that kubeadm generates; an edit of it in the cluster is kept
   * @see https://coredns.io/manual/toc/#configuration
   */
  readonly corefile?: string;
}
