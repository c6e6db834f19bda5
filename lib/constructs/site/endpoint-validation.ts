import { parseAddress } from "../../catalog/addresses";
import { lastValue } from "../../catalog/arguments";
import { type ManagedEndpoint, managedEndpoint } from "../../catalog/endpoint";
import type { Site, SiteNode } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import type { Requirement } from "../../terraform/requirement";
import { isOfFamily } from "./address-requirements";
import type { ClusterProps } from "./cluster-props";
import { endpointOf } from "./endpoint";
import {
  apiServerPortTaken,
  endpointWithoutNodes,
  noAnonymousReadyz,
  virtualIpOfNode,
  takenEndpointPort,
  wrongVirtualIpFamily,
} from "./endpoint-errors";
import { isOutside } from "./network-validation";

/** Throws if the endpoint cannot work on the nodes. `nodes` are all nodes of the cluster except workers. */
export function validateEndpoint(site: Site, nodes: readonly SiteNode[]): void {
  const endpoint = managedEndpoint(site);
  if (!endpoint) return;
  if (site.runtime.kind === "processes")
    throw endpointWithoutNodes(
      endpoint.kind === "virtual-ip" ? "virtualIp" : "localProxy",
    );
  if (site.healthRefusal !== undefined)
    throw noAnonymousReadyz(site.healthRefusal);
  validatePorts(site, endpoint);
  if (endpoint.kind !== "virtual-ip" || hasToken(endpoint.host)) return;
  validateVirtualIpIsFree(site, nodes);
}

/** Throws if the virtual IP is the address of a node. */
export function validateVirtualIpIsFree(
  { endpoint }: Site,
  nodes: readonly SiteNode[],
): void {
  if (endpoint?.kind !== "virtual-ip") return;
  const owner = nodes.find(({ address, addresses }) =>
    [address.host, ...addresses].some((each) => isSame(each, endpoint.host)),
  );
  if (owner) throw virtualIpOfNode(endpoint.host, `node ${owner.name}`);
}

/** Whether two addresses are the same, in any spelling. */
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
    if (bindPort === port && !listensElsewhere(node, site, endpoint))
      throw apiServerPortTaken(port, name);
  }
}

/** Whether the API server of the node listens only on an address that the endpoint does not use. */
function listensElsewhere(
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

/** What the address of the endpoint must be. */
export function endpointRequirements(
  site: Site,
  given: ClusterProps["endpoint"],
): Requirement[] {
  const { endpoint, nodes, serviceSubnets } = site;
  const { requirements = [] } = endpointOf(given) ?? {};
  if (endpoint?.kind !== "virtual-ip") return [...requirements];
  return [
    ...requirements,
    isOfFamily(nodes[0].loopback, endpoint.host, (address) =>
      wrongVirtualIpFamily(address, serviceSubnets[0]),
    ),
    ...isOutside(site, (address) => `the virtual IP ${address}`, endpoint.host),
  ];
}
