import { frozen } from "./frozen";

/**
 * The labels of Kubernetes that kubelet may give its own Node object; all that are not of Kubernetes it may give too.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/staging/src/k8s.io/kubelet/pkg/apis/well_known_labels.go
 */
const KUBELET_LABELS: readonly string[] = frozen([
  "kubernetes.io/hostname",
  "kubernetes.io/os",
  "kubernetes.io/arch",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/instance-type",
  "node.kubernetes.io/instance-type",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
]);

/** Whether kubelet may give its Node object a label. With any other one it does not start. */
export function isKubeletLabel(key: string): boolean {
  const domain = key.includes("/") ? key.split("/")[0] : "";
  const isOf = (...names: readonly string[]): boolean =>
    names.some((name) => domain === name || domain.endsWith(`.${name}`));
  return (
    !isOf("kubernetes.io", "k8s.io") ||
    isOf("kubelet.kubernetes.io", "node.kubernetes.io") ||
    KUBELET_LABELS.includes(key)
  );
}
