import { ENDPOINT_PROGRAMS } from "../../catalog/endpoint";
import { readEndpointFacts } from "../hosts/endpoint-facts";
import {
  type EndpointCandidate,
  hasProxy,
  unrootedAuthority,
} from "../preflight/endpoint";
import type { VirtualIpRequest } from "../../request/request";
import type { Reached } from "./session";

/** Asks a host for what leads to the API servers, where that is made there. */
export async function readEndpointCandidate(
  each: Reached,
  virtualIp: VirtualIpRequest | undefined,
): Promise<EndpointCandidate> {
  const { request } = each;
  if ("failure" in each || !hasProxy(request))
    return { request, delivered: false };
  const { host, node } = each;
  // Where others can lead root elsewhere no program is run.
  if (node.flaws.length > 0) return { request, delivered: false };
  return {
    request,
    facts: await readEndpointFacts(host, ENDPOINT_PROGRAMS, virtualIp),
    delivered: node.wasDelivered,
    unrooted: unrootedAuthority(node.props.tree),
  };
}
