/** What runs on a control-plane node and owns certificates. */
export type ComponentId =
  | "etcd"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kubelet";
