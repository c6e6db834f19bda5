import { ETCD } from "../catalog/etcd";
import { KUBE_APISERVER } from "../catalog/kube-apiserver";
import { KUBELET_UNIT } from "../catalog/kubelet";
import type { NodeRequest } from "./request";

/** What of a node says what it is; a node in a directory runs nothing. */
type Node = Partial<Pick<NodeRequest, "components">>;

const runs = ({ components = [] }: Node, component: string): boolean =>
  components.some(({ name }) => name === component);

/** Whether it is, or is to be, a member of etcd. */
export const hasEtcd = (node: Node): boolean => runs(node, ETCD.id);

export const hasApiServer = (node: Node): boolean =>
  runs(node, KUBE_APISERVER.id);

/** Whether the cluster knows it as a Node. */
export const hasKubelet = (node: Node): boolean => runs(node, "kubelet");

/** Whether more than a kubelet is run by systemd there. */
export const hasUnits = ({ components = [] }: Node): boolean =>
  components.some(({ unit }) => unit !== undefined && unit !== KUBELET_UNIT);

/** Whether systemd runs there what others need to start: etcd, or the API server. */
export const hasBasicUnits = ({ components = [] }: Node): boolean =>
  components.some(
    ({ name, unit }) =>
      unit !== undefined && (name === ETCD.id || name === KUBE_APISERVER.id),
  );
