import { ETCD } from "../../catalog/etcd";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import { KUBELET_DIR } from "../../catalog/paths";
import { unitPath } from "../../catalog/units";
import { manifestPath } from "../../render/static-pod";
import type { HostFile } from "../hosts/host";

/** What of a host decides about what it is to have; absent where it isn't there. */
export interface Present {
  readonly kubeletKubeconfig?: Buffer;
  /** The client certificate that kubelet renewed last, with its key. */
  readonly kubeletCertificate?: Buffer;
  /** Static pods, and etcd's unit, by their paths. */
  readonly starts?: ReadonlyMap<string, Buffer>;
  /** Files of the tree whose content is another one there, though it was brought there before. */
  readonly edited?: ReadonlySet<string>;
  /** Tells this repair from others. */
  readonly repair?: string;
  /** When the host was looked at: milliseconds since 1970. */
  readonly now: number;
  /** etcd has begun there: what its flags say of the first members means nothing any more. */
  readonly hasEtcdData: boolean;
  /** Files that this host's own state decides, and that stay as they are. */
  readonly kept: readonly HostFile[];
}

/** The members that an etcd joins, itself included, as its flag wants them. */
export interface Joining {
  readonly initialCluster: string;
}

export const KUBELET_KUBECONFIG = kubeconfigRow("kubelet").path;
export const KUBELET_CERTIFICATE = `${KUBELET_DIR}/pki/kubelet-client-current.pem`;
export const ETCD_MANIFEST = manifestPath(ETCD);
export const ETCD_UNIT = unitPath(ETCD.id);
