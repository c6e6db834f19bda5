import { ETCD } from "../../catalog/etcd";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import { isManifest, KUBELET_DIR, NODE_STATE_DIR } from "../../catalog/paths";
import { unitPath } from "../../catalog/units";
import { manifestPath } from "../../render/static-pod";
import type { CertificateFacts } from "../../pki/certificates";
import type { HostFile } from "../hosts/host";

/** A file of the tree with the content that it has for now. */
export type HeldFile = Pick<HostFile, "path" | "content">;

/** The state of a host that affects what the host should have. */
export interface Present {
  readonly kubeletKubeconfig?: Buffer;
  /** The client certificate that kubelet renewed last, with its key. */
  readonly kubeletCertificate?: Buffer;
  /** The manifests of static pods, and etcd's unit, by path. */
  readonly startFiles?: ReadonlyMap<string, Buffer>;
  /** Paths of files of the tree that somebody edited after their delivery. */
  readonly edited?: ReadonlySet<string>;
  /** An id of this repair, so that it differs from earlier repairs. */
  readonly repair?: string;
  /** When the host was read, in milliseconds since 1970. */
  readonly now: number;
  /** etcd has started there, so it ignores the list of first members. */
  readonly hasEtcdData: boolean;
  /** The CAs whose credentials kubelet keeps. Absent: all that the cluster trusts. */
  readonly kubeletIssuers?: readonly CertificateFacts[];
  /** Files that a later step writes, as the host has them; they stay as they are. */
  readonly kept: readonly HostFile[];
}

/** Set if etcd joins existing members: the value of `--initial-cluster`, which includes the new member. */
export interface Joining {
  readonly initialCluster: string;
}

export const KUBELET_KUBECONFIG = kubeconfigRow("kubelet").path;
export const KUBELET_CERTIFICATE = `${KUBELET_DIR}/pki/kubelet-client-current.pem`;
export const ETCD_MANIFEST = manifestPath(ETCD);
export const ETCD_UNIT = unitPath(ETCD.id);
/** The file on a host with the token of the restore from which etcd's data come. */
export const RESTORED_MARK = `${NODE_STATE_DIR}/restored`;

/** Files that start a component and that may differ from the tree on the host. */
export const isStartFile = (path: string): boolean =>
  isManifest(path) || path === ETCD_UNIT;
