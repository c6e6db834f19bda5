/** The components of a control-plane node that have certificates. */
export type ComponentId =
  | "etcd"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kubelet";
