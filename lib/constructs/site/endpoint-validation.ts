import { isIP } from "node:net";
import { parseAddress } from "../../catalog/addresses";
import { lastValue } from "../../catalog/component";
import { type ManagedEndpoint, managedEndpoint } from "../../catalog/endpoint";
import type { Site, SiteNode } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import {
  apiServersPort,
  endpointWithoutNodes,
  foreignVirtualIp,
  ownVirtualIp,
  takenEndpointPort,
  unaskedApiServers,
} from "./endpoint-errors";

/** Refuses an endpoint that could not be made on the nodes; `nodes` are all that the cluster has without workers. */
export function validateEndpoint(site: Site, nodes: readonly SiteNode[]): void {
  const endpoint = managedEndpoint(site);
  if (!endpoint) return;
  if (site.runtime.kind === "processes")
    throw endpointWithoutNodes(
      endpoint.kind === "virtual-ip" ? "virtualIp" : "localProxy",
    );
  const { extraArgs } = site.apiServer;
  if (lastValue(extraArgs, "anonymous-auth") === "false")
    throw unaskedApiServers();
  validatePorts(site, endpoint);
  if (endpoint.kind !== "virtual-ip" || hasToken(endpoint.host)) return;
  const [node] = site.nodes;
  if (isIP(endpoint.host) !== isIP(node.loopback.host))
    throw foreignVirtualIp(endpoint.host, site.serviceSubnets[0]);
  validateHolders(site, nodes);
}

/** Refuses a virtual IP that is the own address of a node. */
export function validateHolders(
  { endpoint }: Site,
  nodes: readonly SiteNode[],
): void {
  if (endpoint?.kind !== "virtual-ip") return;
  const owner = nodes.find(({ address, addresses }) =>
    [address.host, ...addresses].some((each) => isSame(each, endpoint.host)),
  );
  if (owner) throw ownVirtualIp(endpoint.host, `node ${owner.name}`);
}

/** However they are spelled. */
const isSame = (one: string, other: string): boolean =>
  one === other ||
  (!hasToken(one) &&
    !hasToken(other) &&
    parseAddress(one)?.value === parseAddress(other)?.value);

function validatePorts(site: Site, endpoint: ManagedEndpoint): void {
  const { port, healthPort } = endpoint;
  const owners = Object.entries(site.ports).filter(
    ([name]) => name !== "kubeApiserver",
  );
  for (const [what, given] of Object.entries({ port, healthPort })) {
    const [owner] = owners.find(([, taken]) => taken === given) ?? [];
    if (owner)
      throw takenEndpointPort(what as "port" | "healthPort", given, owner);
  }
  for (const node of site.nodes) {
    const { name, bindPort } = node;
    if (bindPort === healthPort)
      throw takenEndpointPort("healthPort", healthPort, `node ${name}`);
    if (bindPort === port && !leavesPort(node, site, endpoint))
      throw apiServersPort(port, name);
  }
}

/** Whether API servers listen where the endpoint doesn't. */
function leavesPort(
  node: SiteNode,
  { apiServer: { extraArgs } }: Site,
  { host }: ManagedEndpoint,
): boolean {
  const address = lastValue(extraArgs, "bind-address") ?? node.bindAddress;
  return (
    address !== undefined &&
    !["", "0.0.0.0", "::"].includes(address) &&
    !isSame(address, host)
  );
}
