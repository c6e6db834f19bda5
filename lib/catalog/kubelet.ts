import { indexedAddress } from "./addresses";
import { frozen } from "./frozen";
import { kubeconfigRow } from "./kubeconfigs";
import {
  certificatePath,
  KUBELET_DIR,
  KUBERNETES_DIR,
  MANIFESTS_DIR,
  UNITS_DIR,
  PACKAGED,
} from "./paths";
import { PORTS } from "./ports";
import type { Site, SiteNode } from "./site";

export const KUBELET_UNIT = "kubelet.service";

/** kubelet's own files; its certificates and kubeconfig are rows of their tables. */
export const KUBELET_FILES = frozen({
  configuration: `${KUBELET_DIR}/config.yaml`,
  instanceConfiguration: `${KUBELET_DIR}/instance-config.yaml`,
  flags: `${KUBELET_DIR}/kubeadm-flags.env`,
  // Where a machine has one of its own of this name, systemd prefers this one.
  dropIn: `${UNITS_DIR}/${KUBELET_UNIT}.d/10-kubeadm.conf`,
});

/** The variable of the flags' file that kubeadm's unit of kubelet reads. */
export const KUBELET_FLAGS_VARIABLE = "KUBELET_KUBEADM_ARGS";

/** What a kubelet without a certificate joins with. */
export const BOOTSTRAP_KUBECONFIG = `${KUBERNETES_DIR}/bootstrap-kubelet.conf`;

/** Whom it talks to: what it has, or asks for with what it joins with. */
export const KUBELET_KUBECONFIGS: readonly string[] = frozen([
  `--bootstrap-kubeconfig=${BOOTSTRAP_KUBECONFIG}`,
  `--kubeconfig=${kubeconfigRow("kubelet").path}`,
]);

/**
 * How systemd starts kubelet, as the drop-in of kubeadm's package says it. Packages for Debian and for Fedora name
 * different files for the variables of whoever looks after the machine.
 * @see https://github.com/kubernetes/release/blob/cd53840/cmd/krel/templates/latest/kubeadm/10-kubeadm.conf
 */
export const KUBELET_SERVICE: readonly string[] = frozen([
  `Environment="KUBELET_KUBECONFIG_ARGS=${KUBELET_KUBECONFIGS.join(" ")}"`,
  `Environment="KUBELET_CONFIG_ARGS=--config=${KUBELET_FILES.configuration}"`,
  `EnvironmentFile=-${KUBELET_FILES.flags}`,
  "EnvironmentFile=-/etc/default/kubelet",
  "EnvironmentFile=-/etc/sysconfig/kubelet",
  "ExecStart=",
  `ExecStart=${PACKAGED.kubelet} $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $${KUBELET_FLAGS_VARIABLE} $KUBELET_EXTRA_ARGS`,
]);

/**
 * What a cluster's kubelets are told.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/componentconfigs/kubelet.go
 * @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 */
export function kubeletDefaults(site: Site): Readonly<Record<string, unknown>> {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: certificatePath(site, "ca.crt") },
    },
    authorization: { mode: "Webhook" },
    cgroupDriver: "systemd",
    clusterDNS: [clusterDns(site)],
    clusterDomain: site.dnsDomain,
    healthzBindAddress: "127.0.0.1",
    healthzPort: PORTS.kubeletHealthz,
    ...(site.runtime.kind === "static-pods" && {
      staticPodPath: MANIFESTS_DIR,
    }),
  };
}

/** kubeadm sets these whatever the user says. */
export const KUBELET_FORCED = frozen({ rotateCertificates: true });

/**
 * What one node's kubelet is told by flags, before the user's own.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/kubelet/flags.go
 */
export function kubeletArguments(
  site: Site,
  node: SiteNode,
): Readonly<Record<string, string>> {
  const dualStack = site.serviceSubnets.length > 1 && node.addresses.length > 0;
  return {
    ...(socketIsLocal(site)
      ? {}
      : { "container-runtime-endpoint": node.criSocket }),
    // The machine's own name isn't known here, and the node is to have this one.
    "hostname-override": node.name,
    ...(dualStack
      ? { "node-ip": `${node.address.host},${node.addresses[0]}` }
      : {}),
    ...(site.version.podInfraContainerImage
      ? { "pod-infra-container-image": pauseImage(site) }
      : {}),
  };
}

/** Whether the container runtime's socket is in each node's kubelet configuration. */
export function socketIsLocal(site: Site): boolean {
  const gate = "NodeLocalCRISocket";
  return site.featureGates[gate] ?? site.version.featureGates[gate];
}

/** The address of the cluster's DNS: the tenth of the first service subnet. */
export function clusterDns(site: Site): string {
  return indexedAddress(site.serviceSubnets[0], 10);
}

export function pauseImage(site: Site): string {
  return `${site.imageRepository}/pause:${site.version.pauseImageTag}`;
}
