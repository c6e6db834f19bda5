import { ETCD } from "../catalog/etcd";
import { KUBE_APISERVER } from "../catalog/kube-apiserver";
import { KUBE_CONTROLLER_MANAGER } from "../catalog/kube-controller-manager";
import { KUBELET_UNIT } from "../catalog/kubelet";
import type { BinaryRequest, NodeRequest } from "./request";

/** The part of a node from which its roles follow. A directory node has no components. */
type Node = Partial<Pick<NodeRequest, "components">>;

const runs = ({ components = [] }: Node, component: string): boolean =>
  components.some(({ name }) => name === component);

/** Whether it is an etcd member, or will be one. */
export const hasEtcd = (node: Node): boolean => runs(node, ETCD.id);

export const hasApiServer = (node: Node): boolean =>
  runs(node, KUBE_APISERVER.id);

export const hasControllerManager = (node: Node): boolean =>
  runs(node, KUBE_CONTROLLER_MANAGER.id);

/** Whether it runs kubelet, and so has a Node object. */
export const hasKubelet = (node: Node): boolean => runs(node, "kubelet");

/** The binary of kubelet, if its unit runs one that is not the package's. */
export const kubeletBinary = ({
  binaries = [],
}: Pick<NodeRequest, "binaries">): BinaryRequest | undefined =>
  binaries.find(({ path }) => path.endsWith("/kubelet"));

/** Whether it runs any component except kubelet as a systemd unit. */
export const hasUnits = ({ components = [] }: Node): boolean =>
  components.some(({ unit }) => unit !== undefined && unit !== KUBELET_UNIT);

/** Whether etcd or the API server, which other components need, runs there as a systemd unit. */
export const hasBasicUnits = ({ components = [] }: Node): boolean =>
  components.some(
    ({ name, unit }) =>
      unit !== undefined && (name === ETCD.id || name === KUBE_APISERVER.id),
  );

/** Whether the node's components are the user's own processes on this machine, which need no root. */
export const runsProcesses = ({ components = [] }: Node): boolean =>
  components.some(({ command }) => command !== undefined);
