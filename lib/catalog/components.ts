import type { ComponentRow } from "./component";
import { ETCD } from "./etcd";
import { frozen } from "./frozen";
import { KUBE_APISERVER } from "./kube-apiserver";
import { KUBE_CONTROLLER_MANAGER } from "./kube-controller-manager";
import { KUBE_SCHEDULER } from "./kube-scheduler";

/** The components that kubelet runs on a control-plane node, in the order in which they start. */
export const COMPONENTS: readonly ComponentRow[] = frozen([
  ETCD,
  KUBE_APISERVER,
  KUBE_CONTROLLER_MANAGER,
  KUBE_SCHEDULER,
]);

export type { ComponentRow, Probes, Volume } from "./component";
export { ETCD, KUBE_APISERVER, KUBE_CONTROLLER_MANAGER, KUBE_SCHEDULER };
