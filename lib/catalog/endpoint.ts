import { frozen } from "./frozen";
import { UNITS_DIR } from "./paths";
import type { Address, Site, SiteEndpoint, SiteNode } from "./site";

/** The ports of what leads to the API servers: 6443 is an API server's own, on all of its addresses. */
export const ENDPOINT_PORTS = frozen({
  endpoint: 8443,
  proxyHealth: 8444,
});

/** Of our own: a distribution's haproxy.service and keepalived.service have a configuration that is somebody else's. */
export const ENDPOINT_UNITS = frozen({
  proxy: "kube-apiserver-proxy.service",
  virtualIp: "kube-apiserver-vip.service",
});

/** What the units start; their packages put them there on every distribution that has systemd. */
export const ENDPOINT_PROGRAMS = frozen({
  haproxy: "/usr/sbin/haproxy",
  keepalived: "/usr/sbin/keepalived",
});

/** What the virtual IP's unit finds out on its node whenever it starts. */
export const FOUND_INTERFACE = frozen({
  directory: "kube-apiserver-vip",
  path: "/run/kube-apiserver-vip/interface.conf",
});

/** The proxy's answers: whether it runs, and whether there is an API server that it can lead to. */
export const PROXY_PATHS = frozen({
  healthy: "/healthz",
  ready: "/readyz",
});

/** In the store: what the holders of a virtual IP show each other. */
export const VRRP_SECRET = frozen({
  id: "vrrp-secret",
  path: "pki/vrrp.secret",
  purpose: "secret between the holders of the virtual IP",
  /** As many as the protocol takes. @see https://www.rfc-editor.org/rfc/rfc2338#section-5.3.6 */
  letters: 8,
});

/**
 * How long an API server goes on answering after it was told to end, while it says that it is not ready. By then each
 * proxy has asked it at least once, so that no connection is sent to a socket that closes.
 */
export const SHUTDOWN_DELAY = "5s";

/** The first node's; each other has one less than the node before it. */
export const FIRST_PRIORITY = 250;

/** An endpoint that is made on the nodes. */
export type MadeEndpoint = Exclude<SiteEndpoint, { readonly kind: "fixed" }>;

export function madeEndpoint({ endpoint }: Site): MadeEndpoint | undefined {
  return endpoint && endpoint.kind !== "fixed" ? endpoint : undefined;
}

export const isMember = (site: Site, { name }: SiteNode): boolean =>
  site.nodes.some((each) => each.name === name);

/** What of the endpoint is on a node: a worker holds no virtual IP, but has a proxy of its own. */
export function endpointOn(
  site: Site,
  node: SiteNode,
): MadeEndpoint | undefined {
  const endpoint = madeEndpoint(site);
  return endpoint?.kind === "virtual-ip" && !isMember(site, node)
    ? undefined
    : endpoint;
}

export interface EndpointFiles {
  readonly haproxy: string;
  readonly keepalived: string;
  readonly secret: string;
  readonly check: string;
  readonly findInterface: string;
  readonly proxyUnit: string;
  readonly virtualIpUnit: string;
}

/** On a node. */
export function endpointPaths({
  kubernetesDir,
}: Pick<Site, "kubernetesDir">): EndpointFiles {
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

/** With IPv6 the protocol is VRRP's third version, which knows no secret. */
export const hasSecret = ({
  loopback,
}: {
  readonly loopback: Address;
}): boolean => !loopback.host.includes(":");
