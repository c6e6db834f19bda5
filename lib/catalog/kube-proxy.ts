import { kubernetesImage } from "./component";
import { frozen } from "./frozen";
import { kubeconfigPath } from "./kubeconfigs";
import { KUBE_PROXY_DIR } from "./paths";
import type { Site } from "./site";
import { isKubeProxyUnit } from "./units";

/** The keys of kube-proxy's ConfigMap, which are files of its pods; a unit has the configuration there as well. */
export const KUBE_PROXY_FILES = frozen({
  configuration: "config.conf",
  kubeconfig: "kubeconfig.conf",
});

export const kubeProxyImage = (site: Site): string =>
  kubernetesImage(site, "kube-proxy");

/**
 * What the cluster's kube-proxies are told.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/componentconfigs/kubeproxy.go
 * @see https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
 */
export function kubeProxyDefaults(
  site: Site,
): Readonly<Record<string, unknown>> {
  // Whether the cluster is one of IPv6 is seen by its first node, as kubeadm does it.
  const ipv6 = site.nodes[0].loopback.host.includes(":");
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    bindAddress: ipv6 ? "::" : "0.0.0.0",
    clientConnection: {
      kubeconfig: isKubeProxyUnit(site)
        ? kubeconfigPath(site, "kube-proxy")
        : `${KUBE_PROXY_DIR}/${KUBE_PROXY_FILES.kubeconfig}`,
    },
    ...(site.podSubnets.length > 0
      ? { clusterCIDR: site.podSubnets.join(",") }
      : {}),
    ...(site.version.kubeProxyMode ? { mode: site.version.kubeProxyMode } : {}),
  };
}
