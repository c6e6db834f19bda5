import { frozen } from "./frozen";

/** Where things are on a node, as kubeadm lays them out. */
export const KUBERNETES_DIR = "/etc/kubernetes";
export const MANIFESTS_DIR = "/etc/kubernetes/manifests";
export const DEFAULT_CERTIFICATES_DIR = "/etc/kubernetes/pki";
/** Where a node remembers what was brought to it; root's alone. */
export const NODE_STATE_DIR = "/var/lib/cdktf-control-plane";
/** Units here win over those that packages bring. */
export const UNITS_DIR = "/etc/systemd/system";
export const KUBELET_DIR = "/var/lib/kubelet";
export const KUBE_PROXY_DIR = "/var/lib/kube-proxy";
export const SERVICE_ACCOUNT_DIR =
  "/var/run/secrets/kubernetes.io/serviceaccount";

/** Where Kubernetes' packages have what they bring. */
export const PACKAGED = frozen({
  kubelet: "/usr/bin/kubelet",
  kubectl: "/usr/bin/kubectl",
});

/** In the store: records and logs of what runs on this machine, `<name>.json`, `<name>.log`. */
export const PROCESSES = "processes";
/** In the store: what is wanted of the proxies of this machine, `<name>.yaml`. */
export const PROXIES = "proxies";
/** In the store: the data of an etcd of this machine. */
export const LOCAL_ETCD_DATA = `${PROCESSES}/etcd`;

/** In the name of a store's folder: the workspace of Terraform that it belongs to. */
export const WORKSPACE = "${terraform.workspace}";

export const DEFAULT_IMAGE_REPOSITORY = "registry.k8s.io";

/** `path` below `certificatesDir`, or as it is where it is absolute. */
export function certificatePath(
  site: { readonly certificatesDir: string },
  path: string,
): string {
  return path.startsWith("/") ? path : `${site.certificatesDir}/${path}`;
}

/** Whether kubelet takes a file for a static pod. */
export const isManifest = (path: string): boolean =>
  path.startsWith(`${MANIFESTS_DIR}/`);
