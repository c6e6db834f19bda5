import { ENDPOINT_PROGRAMS } from "../../catalog/endpoint";
import { readEndpointFacts } from "../hosts/endpoint-facts";
import {
  type EndpointCandidate,
  hasProxy,
  unrootedAuthority,
} from "../preflight/endpoint";
import type { VirtualIpRequest } from "../../request/request";
import type { HostResult } from "./session";

/** Reads what the preflight of the endpoint needs from a host on which a proxy runs. */
export async function readEndpointCandidate(
  each: HostResult,
  virtualIp: VirtualIpRequest | undefined,
): Promise<EndpointCandidate> {
  const { request } = each;
  if ("failure" in each || !hasProxy(request))
    return { request, delivered: false };
  const { host, node } = each;
  // If an unprivileged user can redirect a path, no program is run there.
  if (node.flaws.length > 0) return { request, delivered: false };
  return {
    request,
    facts: await readEndpointFacts(host, ENDPOINT_PROGRAMS, virtualIp),
    delivered: node.comparison.wasDelivered,
    unrooted: unrootedAuthority(node.props.tree),
  };
}
