import type { SiteEndpoint } from "../catalog/site";
import { parseEndpoint } from "./hosts";

/** Where the nodes of a cluster, and its users, reach its API servers. */
export class Endpoint {
  /**
   * An address that exists: a load balancer's, a name in the DNS.
   * @param address `host:port`: a name or an address, IPv6 in brackets. Throws where it is neither.
   */
  static fixed(address: string): Endpoint {
    return new Endpoint({ kind: "fixed", ...parseEndpoint(address) });
  }

  private constructor(
    /** @internal */
    readonly site: SiteEndpoint,
  ) {}
}

/** `host:port` is the short form of a fixed one. */
export const endpointOf = (
  given: string | Endpoint | undefined,
): SiteEndpoint | undefined =>
  (typeof given === "string" ? Endpoint.fixed(given) : given)?.site;
