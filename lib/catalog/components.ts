import type { ComponentRow } from "./component";
import { ETCD } from "./etcd";
import { frozen } from "./frozen";
import { KUBE_APISERVER } from "./kube-apiserver";
import { KUBE_CONTROLLER_MANAGER } from "./kube-controller-manager";
import { KUBE_SCHEDULER } from "./kube-scheduler";
import type { Site } from "./site";

/** The components that kubelet runs on a control-plane node, in the order in which they start. */
export const COMPONENTS: readonly ComponentRow[] = frozen([
  ETCD,
  KUBE_APISERVER,
  KUBE_CONTROLLER_MANAGER,
  KUBE_SCHEDULER,
]);

/** The components that the cluster runs: all of them, unless etcd is external. */
export const componentsOf = ({ etcd }: Site): readonly ComponentRow[] =>
  COMPONENTS.filter(({ id }) => id !== "etcd" || etcd.kind === "local");

export type { ComponentRow, Probes, Volume } from "./component";
export { ETCD, KUBE_APISERVER, KUBE_CONTROLLER_MANAGER, KUBE_SCHEDULER };
