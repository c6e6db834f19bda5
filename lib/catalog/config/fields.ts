import { API_SERVER_FIELDS } from "./api-server-fields";
import { COMPONENT_FIELDS } from "./component-fields";
import { frozen } from "../frozen";
import { KUBEADM_FIELDS } from "./kubeadm-fields";

/**
 * Every field of the kinds in a kubeadm configuration: its path, its type and, if not all versions have it, the minor
 * versions of Kubernetes 1.x that do. `[]` stands for an item of a list, `{}` for a value of a map. The script
 * scripts/kubeadm-fields.go prints these lists from the Go types; run it again for a new version.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/apis/kubeadm/v1beta4/types.go
 * @see https://github.com/kubernetes/kubelet/blob/v0.36.3/config/v1beta1/types.go
 * @see https://github.com/kubernetes/kube-proxy/blob/v0.36.3/config/v1alpha1/types.go
 */
export const FIELDS = frozen({
  ...KUBEADM_FIELDS,
  ...COMPONENT_FIELDS,
});

export type ConfigKind = keyof typeof FIELDS;

/**
 * The same, with the kinds of the files that only API servers read.
 * @see https://github.com/kubernetes/apiserver/tree/v0.36.3/pkg/apis
 */
export const ALL_FIELDS = frozen({ ...FIELDS, ...API_SERVER_FIELDS });

export type DataKind = keyof typeof ALL_FIELDS;

/** The minor versions that the lists cover. */
export const MINORS = frozen([33, 34, 35, 36, 37] as const);
