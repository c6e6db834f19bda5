import type { Subject } from "./certificates";
import { frozen } from "./frozen";
import { KUBERNETES_DIR } from "./paths";
import type { Site, SiteNode } from "./site";
import { isKubeProxyUnit, type UnitId } from "./units";

export type KubeconfigId =
  | "admin"
  | "super-admin"
  | "controller-manager"
  | "scheduler"
  | "kubelet"
  | "kube-proxy";

export interface KubeconfigRow {
  readonly id: KubeconfigId;
  readonly purpose: string;
  /** The component that uses it. Absent if it is for people. */
  readonly component?: UnitId;
  /** The path on a host. */
  readonly path: string;
  /** Where it connects to: the cluster's endpoint, or the node's own API server. */
  readonly server: "endpoint" | "own";
  /**
   * Whether its component renews it on the node. Then this kubeconfig is only for the first start, and is made again
   * only after it has expired.
   */
  readonly rotated?: boolean;
  /** The common name is also the name of the user in the file. */
  subject(node: SiteNode): Subject;
  /** Whether the cluster needs it. Absent: always. */
  needed?(site: Site): boolean;
}

/**
 * The kubeconfigs of a control-plane node. Components that use their own API server can start before the endpoint exists.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/kubeconfig/kubeconfig.go
 */
export const KUBECONFIGS: readonly KubeconfigRow[] = frozen<KubeconfigRow[]>([
  {
    id: "admin",
    purpose: "kubeconfig of the administrators",
    path: "/etc/kubernetes/admin.conf",
    server: "endpoint",
    subject: () => ({
      commonName: "kubernetes-admin",
      organizations: ["kubeadm:cluster-admins"],
    }),
  },
  {
    id: "super-admin",
    purpose: "kubeconfig that no authorization can lock out",
    path: "/etc/kubernetes/super-admin.conf",
    server: "endpoint",
    subject: () => ({
      commonName: "kubernetes-super-admin",
      organizations: ["system:masters"],
    }),
  },
  {
    id: "controller-manager",
    purpose: "kubeconfig of kube-controller-manager",
    component: "kube-controller-manager",
    path: "/etc/kubernetes/controller-manager.conf",
    server: "own",
    subject: () => ({ commonName: "system:kube-controller-manager" }),
  },
  {
    id: "scheduler",
    purpose: "kubeconfig of kube-scheduler",
    component: "kube-scheduler",
    path: "/etc/kubernetes/scheduler.conf",
    server: "own",
    subject: () => ({ commonName: "system:kube-scheduler" }),
  },
  {
    id: "kubelet",
    purpose: "kubeconfig of kubelet",
    component: "kubelet",
    path: "/etc/kubernetes/kubelet.conf",
    server: "own",
    rotated: true,
    subject: (node) => ({
      commonName: `system:node:${node.name}`,
      organizations: ["system:nodes"],
    }),
  },
  {
    // Only for a unit: in a pod, kube-proxy uses a service account.
    id: "kube-proxy",
    purpose: "kubeconfig of kube-proxy",
    component: "kube-proxy",
    path: "/etc/kubernetes/kube-proxy.conf",
    server: "endpoint",
    // Kubernetes has a built-in role binding for this user name.
    subject: () => ({ commonName: "system:kube-proxy" }),
    needed: isKubeProxyUnit,
  },
]);

export function kubeconfigRow(id: KubeconfigId): KubeconfigRow {
  return KUBECONFIGS.find((row) => row.id === id)!;
}

/** The path of a kubeconfig in this site. Only on hosts is it the row's `path`. */
export const kubeconfigPath = (site: Site, id: KubeconfigId): string =>
  site.kubernetesDir + kubeconfigRow(id).path.slice(KUBERNETES_DIR.length);
