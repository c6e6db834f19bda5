import { frozen } from "./frozen";
import { UNITS_DIR } from "./paths";
import type { Site, SiteEndpoint, SiteNode } from "./site";

/** The ports of the endpoint's proxy. It cannot use 6443, because the API server listens there on all addresses. */
export const ENDPOINT_PORTS = frozen({
  endpoint: 8443,
  proxyHealth: 8444,
});

/** The endpoint's own units. The distribution's haproxy.service and keepalived.service may have another use. */
export const ENDPOINT_UNITS = frozen({
  proxy: "kube-apiserver-proxy.service",
  virtualIp: "kube-apiserver-vip.service",
});

/** The programs that the units start. Their packages install them at these paths on every distribution with systemd. */
export const ENDPOINT_PROGRAMS = frozen({
  haproxy: "/usr/sbin/haproxy",
  keepalived: "/usr/sbin/keepalived",
});

/** The file with the network interface that the virtual IP's unit finds on its node whenever it starts. */
export const INTERFACE_FILE = frozen({
  directory: "kube-apiserver-vip",
  path: "/run/kube-apiserver-vip/interface.conf",
});

/** The proxy's own health checks: whether it runs, and whether at least one API server is ready. */
export const PROXY_PATHS = frozen({
  healthy: "/healthz",
  ready: "/readyz",
});

/** The file of the store with the secret by which the nodes that may hold the virtual IP recognise each other. */
export const VRRP_SECRET = frozen({
  id: "vrrp-secret",
  path: "pki/vrrp.secret",
  purpose: "secret between the holders of the virtual IP",
  /** The length of the secret, which the protocol limits. @see https://www.rfc-editor.org/rfc/rfc2338#section-5.3.6 */
  letters: 8,
});

/**
 * How long an API server still answers requests after SIGTERM, while it already reports that it is not ready. In this
 * time each proxy queries it at least once, so that no proxy sends a connection to a closing socket.
 */
export const SHUTDOWN_DELAY = "5s";

/** The VRRP priority of the first node. Each further node has one less than the node before it. */
export const FIRST_PRIORITY = 250;

/** An endpoint that this library sets up on the nodes. */
export type ManagedEndpoint = Exclude<SiteEndpoint, { readonly kind: "fixed" }>;

export function managedEndpoint({
  endpoint,
}: Site): ManagedEndpoint | undefined {
  return endpoint && endpoint.kind !== "fixed" ? endpoint : undefined;
}

export const isControlPlaneNode = (site: Site, { name }: SiteNode): boolean =>
  site.nodes.some((each) => each.name === name);

/** The endpoint that a node runs, if any. A worker never holds a virtual IP, but it runs a local proxy. */
export function endpointOn(
  site: Site,
  node: SiteNode,
): ManagedEndpoint | undefined {
  const endpoint = managedEndpoint(site);
  return endpoint?.kind === "virtual-ip" && !isControlPlaneNode(site, node)
    ? undefined
    : endpoint;
}

/** The paths of the endpoint's files on a node. */
export function endpointPaths({ kubernetesDir }: Pick<Site, "kubernetesDir">) {
  const directory = `${kubernetesDir}/endpoint`;
  return {
    haproxy: `${directory}/haproxy.cfg`,
    keepalived: `${directory}/keepalived.conf`,
    secret: `${directory}/vrrp-secret.conf`,
    check: `${directory}/check-proxy`,
    findInterface: `${directory}/find-interface`,
    proxyUnit: `${UNITS_DIR}/${ENDPOINT_UNITS.proxy}`,
    virtualIpUnit: `${UNITS_DIR}/${ENDPOINT_UNITS.virtualIp}`,
  };
}

/** Whether the virtual IP has a secret. IPv6 needs VRRP version 3, which has none. */
export const hasSecret = ({ loopback }: Pick<SiteNode, "loopback">): boolean =>
  !loopback.host.includes(":");
