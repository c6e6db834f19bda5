import { GENERATED_HASH } from "../catalog/edited-configuration";
import { compact, type KubernetesObject } from "./kubernetes-object";
import { reference } from "./references";

/**
 * The ConfigMap with a component's configuration. If the user set none of its fields, it has a checksum, as with
 * kubeadm: a matching checksum tells a later `kubeadm upgrade` that nobody edited it, so that it may write new defaults.
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
            [GENERATED_HASH]: reference({ $checksum: "data" }),
          },
    }),
    data,
  };
}
