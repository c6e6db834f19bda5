import { frozen } from "./frozen";

/** The paths on a node are the same as kubeadm's. */
export const KUBERNETES_DIR = "/etc/kubernetes";
export const MANIFESTS_DIR = "/etc/kubernetes/manifests";
export const DEFAULT_CERTIFICATES_DIR = "/etc/kubernetes/pki";
/** The records of what was delivered to a host. Only root can read them. */
export const NODE_STATE_DIR = "/var/lib/cdktf-control-plane";
/** Units here take precedence over units that packages install. */
export const UNITS_DIR = "/etc/systemd/system";
export const KUBELET_DIR = "/var/lib/kubelet";
export const KUBE_PROXY_DIR = "/var/lib/kube-proxy";
export const SERVICE_ACCOUNT_DIR =
  "/var/run/secrets/kubernetes.io/serviceaccount";

/** The paths at which Kubernetes' packages install their binaries. */
export const PACKAGED_BINARIES = frozen({
  kubelet: "/usr/bin/kubelet",
  kubectl: "/usr/bin/kubectl",
});

/** The store's folder with the records and logs of local processes: `<name>.json`, `<name>.log`. */
export const PROCESSES = "processes";
/** The store's folder with the specs of local API proxies: `<name>.yaml`. */
export const PROXIES = "proxies";
/** The store's folder with the data of a local etcd. */
export const LOCAL_ETCD_DATA = `${PROCESSES}/etcd`;
/** The store's file with the EncryptionConfiguration of a local API server. */
export const LOCAL_ENCRYPTION = `${PROCESSES}/encryption/configuration.yaml`;

/** The audit log of a local API server, relative to the folder in which the processes run. */
export const LOCAL_AUDIT_LOG = `../../../${PROCESSES}/audit/audit.log`;

/** The store's folder with backups of the cluster. */
export const BACKUPS = "backups";

/** The placeholder in a store's path for the name of the Terraform workspace. */
export const WORKSPACE = "${terraform.workspace}";

export const DEFAULT_IMAGE_REPOSITORY = "registry.k8s.io";

/** `path` relative to `certificatesDir`, unless it is absolute. */
export function certificatePath(
  site: { readonly certificatesDir: string },
  path: string,
): string {
  return path.startsWith("/") ? path : `${site.certificatesDir}/${path}`;
}

/** Whether a file is in the folder in which kubelet looks for static pods. */
export const isManifest = (path: string): boolean =>
  path.startsWith(`${MANIFESTS_DIR}/`);
