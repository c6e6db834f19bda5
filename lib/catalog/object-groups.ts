import { frozen } from "./frozen";
import type { Site } from "./site";
import { isKubeProxyUnit } from "./units";

export type ObjectGroupId =
  | "cluster-admins"
  | "kubeadm-config"
  | "kubelet-config"
  | "bootstrap-token"
  | "apiserver-kubelet-client"
  | "cluster-info"
  | "coredns"
  | "kube-proxy"
  | "nodes";

export interface ObjectGroupRow {
  readonly id: ObjectGroupId;
  readonly purpose: string;
  /** Whether the cluster needs them. Absent: always. */
  needed?(site: Site): boolean;
}

/** The groups of cluster objects, in the order in which they are applied. */
export const OBJECT_GROUPS: readonly ObjectGroupRow[] = frozen<
  ObjectGroupRow[]
>([
  { id: "cluster-admins", purpose: "rights of the administrators" },
  {
    id: "kubeadm-config",
    purpose: "configuration of the cluster, for kubeadm",
  },
  {
    id: "kubelet-config",
    purpose: "configuration of the kubelets, for nodes that join",
  },
  {
    id: "bootstrap-token",
    purpose: "tokens of nodes that join, and their rights",
  },
  {
    id: "apiserver-kubelet-client",
    purpose: "right of the API servers to use the kubelets",
    needed: (site) => site.version.kubeletClientBinding,
  },
  {
    id: "cluster-info",
    purpose: "address and authority of the cluster, for nodes that join",
  },
  {
    id: "coredns",
    purpose: "the cluster's DNS",
    needed: (site) => site.dns.enabled,
  },
  {
    id: "kube-proxy",
    purpose: "the cluster's services",
    needed: (site) => site.kubeProxy.enabled && !isKubeProxyUnit(site),
  },
  { id: "nodes", purpose: "labels and taints of the control-plane nodes" },
]);

/**
 * @see https://kubernetes.io/docs/reference/labels-annotations-taints/
 */
export const CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";
export const EXCLUDE_FROM_LOAD_BALANCERS_LABEL =
  "node.kubernetes.io/exclude-from-external-load-balancers";
export const CONTROL_PLANE_TAINT = frozen({
  key: CONTROL_PLANE_LABEL,
  effect: "NoSchedule",
} as const);
