import { indexedAddress, parseAddress } from "./addresses";
import { CERTIFICATES, isNeeded } from "./certificates";
import { frozen } from "./frozen";
import { kubeconfigRow } from "./kubeconfigs";
import {
  certificatePath,
  KUBELET_DIR,
  KUBERNETES_DIR,
  MANIFESTS_DIR,
  UNITS_DIR,
  PACKAGED_BINARIES,
} from "./paths";
import { PORTS } from "./ports";
import type { ExtraArgs, Site, SiteNode } from "./site";

export const KUBELET_UNIT = "kubelet.service";

/** kubelet's files, except its certificates and kubeconfig, which are rows of other tables. */
export const KUBELET_FILES = frozen({
  configuration: `${KUBELET_DIR}/config.yaml`,
  instanceConfiguration: `${KUBELET_DIR}/instance-config.yaml`,
  flags: `${KUBELET_DIR}/kubeadm-flags.env`,
  // If the package installed a drop-in of the same name elsewhere, systemd prefers this one.
  dropIn: `${UNITS_DIR}/${KUBELET_UNIT}.d/10-kubeadm.conf`,
});

/** The variable in the flags file, which kubeadm's drop-in for kubelet reads. */
export const KUBELET_FLAGS_VARIABLE = "KUBELET_KUBEADM_ARGS";

/** The kubeconfig with which a kubelet joins while it has no certificate. */
export const BOOTSTRAP_KUBECONFIG = `${KUBERNETES_DIR}/bootstrap-kubelet.conf`;

/** kubelet's kubeconfig, and the bootstrap kubeconfig with which kubelet requests its first certificate. */
export const KUBELET_KUBECONFIGS: readonly string[] = frozen([
  `--bootstrap-kubeconfig=${BOOTSTRAP_KUBECONFIG}`,
  `--kubeconfig=${kubeconfigRow("kubelet").path}`,
]);

/**
 * The drop-in with which systemd starts kubelet, as in kubeadm's package. Debian and Fedora have different files for
 * the variables of the machine's administrator, so both are listed.
 * @see https://github.com/kubernetes/release/blob/cd53840/cmd/krel/templates/latest/kubeadm/10-kubeadm.conf
 */
export const KUBELET_SERVICE: readonly string[] = frozen([
  `Environment="KUBELET_KUBECONFIG_ARGS=${KUBELET_KUBECONFIGS.join(" ")}"`,
  `Environment="KUBELET_CONFIG_ARGS=--config=${KUBELET_FILES.configuration}"`,
  `EnvironmentFile=-${KUBELET_FILES.flags}`,
  "EnvironmentFile=-/etc/default/kubelet",
  "EnvironmentFile=-/etc/sysconfig/kubelet",
  "ExecStart=",
  `ExecStart=${PACKAGED_BINARIES.kubelet} $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $${KUBELET_FLAGS_VARIABLE} $KUBELET_EXTRA_ARGS`,
]);

/**
 * The default configuration of the cluster's kubelets.
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
    ...(site.hardening !== undefined && servingPair(site)),
  };
}

/** The fields that name the pair with which kubelets serve, which kubelet would find without them, too. */
function servingPair(site: Site): Readonly<Record<string, string>> {
  const row = CERTIFICATES.find(({ id }) => id === "kubelet-server")!;
  return isNeeded(row, site)
    ? {
        tlsCertFile: `${row.path}.crt`,
        tlsPrivateKeyFile: `${row.path}.key`,
      }
    : {};
}

/** Fields that the user cannot change: kubeadm always sets them. */
export const KUBELET_FORCED = frozen({ rotateCertificates: true });

/**
 * The default flags of one node's kubelet, to which the user's flags are added.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/kubelet/flags.go
 */
export function kubeletArguments(
  site: Site,
  node: SiteNode,
): Readonly<Record<string, string>> {
  // kubelet takes one address of each family. That of a token is known only at apply.
  const second =
    site.serviceSubnets.length > 1
      ? node.addresses.find((each) => familyOf(each) !== ownFamily(node))
      : undefined;
  return {
    ...(socketIsLocal(site)
      ? {}
      : { "container-runtime-endpoint": node.criSocket }),
    // The host's own name is not known at plan, so the node's name is always set.
    "hostname-override": node.name,
    ...(second !== undefined && {
      "node-ip": `${node.address.host},${second}`,
    }),
    ...(site.version.podInfraContainerImage
      ? { "pod-infra-container-image": pauseImage(site) }
      : {}),
  };
}

/** The user's flags of one node's kubelet. The node's own flags replace the cluster's flags of the same name. */
export const kubeletExtraArgs = (
  { kubelet }: Site,
  node: SiteNode,
): ExtraArgs => ({ ...kubelet.extraArgs, ...node.kubeletExtraArgs });

const familyOf = (address: string): number | undefined =>
  parseAddress(address)?.family;

/** The family of a node's own address. One that is known only at apply is of the family of its loopback. */
const ownFamily = ({ address, loopback }: SiteNode): number | undefined =>
  familyOf(address.host) ?? familyOf(loopback.host);

/** Whether the container runtime's socket is in each node's kubelet configuration instead of a flag. */
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
