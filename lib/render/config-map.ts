import type { KubernetesObject } from "./kubernetes-object";
import { compact } from "./kubernetes-object";
import { reference } from "./references";

/**
 * A component's configuration. kubeadm signs those that it made up itself: a matching checksum tells a later
 * `kubeadm upgrade` that nobody edited them, so that it may write new defaults.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/componentconfigs/checksums.go
 */
export function componentConfigMap(
  name: string,
  data: Readonly<Record<string, unknown>>,
  userConfig: Readonly<Record<string, unknown>>,
  labels?: Readonly<Record<string, string>>,
): KubernetesObject {
  const userSupplied = Object.keys(userConfig).length > 0;
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: compact({
      name,
      namespace: "kube-system",
      labels,
      annotations: userSupplied
        ? undefined
        : {
            "kubeadm.kubernetes.io/component-config.hash": reference({
              $checksum: "data",
            }),
          },
    }),
    data,
  };
}
