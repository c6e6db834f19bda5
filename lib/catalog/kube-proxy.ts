import { kubernetesImage } from "./component";
import { frozen } from "./frozen";
import { kubeconfigPath } from "./kubeconfigs";
import { KUBE_PROXY_DIR } from "./paths";
import type { Site } from "./site";
import { isKubeProxyUnit } from "./units";

/** The keys of kube-proxy's ConfigMap, which are file names in its pods. A unit's configuration has the same name. */
export const KUBE_PROXY_FILES = frozen({
  configuration: "config.conf",
  kubeconfig: "kubeconfig.conf",
});

export const kubeProxyImage = (site: Site): string =>
  kubernetesImage(site, "kube-proxy");

/**
 * The default configuration of the cluster's kube-proxies.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/componentconfigs/kubeproxy.go
 * @see https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
 */
export function kubeProxyDefaults(
  site: Site,
): Readonly<Record<string, unknown>> {
  // The first node's address family decides whether the cluster uses IPv6, as in kubeadm.
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
