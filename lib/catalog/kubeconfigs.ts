import type { Subject } from "./certificates";
import type { ComponentId } from "./component-id";
import { frozen } from "./frozen";
import { KUBERNETES_DIR } from "./paths";
import type { Site, SiteNode } from "./site";
import { isKubeProxyUnit } from "./units";

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
  /** Absent: for people. */
  readonly component?: ComponentId | "kube-proxy";
  /** On a host. */
  readonly path: string;
  /** The address of the whole cluster, or the node's own API server. */
  readonly server: "endpoint" | "own";
  /** Its reader renews it on the node: what is here serves a first start, and is made anew only once it has ended. */
  readonly rotated?: boolean;
  /** The user's name in the file is the common name. */
  subject(node: SiteNode): Subject;
  /** Absent: always. */
  needed?(site: Site): boolean;
}

/**
 * The kubeconfigs of a control-plane node. Who talks to its own API server needs no endpoint to start.
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
    // In a pod it has a service account.
    id: "kube-proxy",
    purpose: "kubeconfig of kube-proxy",
    component: "kube-proxy",
    path: "/etc/kubernetes/kube-proxy.conf",
    server: "endpoint",
    // Kubernetes binds the name to what it may do.
    subject: () => ({ commonName: "system:kube-proxy" }),
    needed: isKubeProxyUnit,
  },
]);

export function kubeconfigRow(id: KubeconfigId): KubeconfigRow {
  return KUBECONFIGS.find((row) => row.id === id)!;
}

/** Where a site has it; `path` is where hosts have it. */
export const kubeconfigPath = (site: Site, id: KubeconfigId): string =>
  site.kubernetesDir + kubeconfigRow(id).path.slice(KUBERNETES_DIR.length);
