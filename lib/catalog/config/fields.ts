import { COMPONENT_FIELDS } from "./component-fields";
import { frozen } from "../frozen";
import { KUBEADM_FIELDS } from "./kubeadm-fields";

/**
 * Every field of the kinds that make a kubeadm configuration: its path, its type and, where not all do, the minors
 * of Kubernetes 1.x that have it. `[]` is an item of a list, `{}` a value of a map.
 * Printed by scripts/kubeadm-fields.go from the Go types; a new version is a new run.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/apis/kubeadm/v1beta4/types.go
 * @see https://github.com/kubernetes/kubelet/blob/v0.36.3/config/v1beta1/types.go
 * @see https://github.com/kubernetes/kube-proxy/blob/v0.36.3/config/v1alpha1/types.go
 */
export const FIELDS = frozen({
  ...KUBEADM_FIELDS,
  ...COMPONENT_FIELDS,
});

export type ConfigKind = keyof typeof FIELDS;

/** The minors that the list was made from. */
export const MINORS = frozen([33, 34, 35, 36, 37] as const);
