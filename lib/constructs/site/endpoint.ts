import { isIP } from "node:net";
import { parseAddress, specialUse } from "../../catalog/addresses";
import { ENDPOINT_PORTS } from "../../catalog/endpoint";
import type { Address, SiteEndpoint } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import {
  invalidInterface,
  invalidRouterId,
  invalidVirtualIp,
  routerIdMissing,
  samePorts,
} from "./endpoint-errors";
import { invalidPort, specialAddress } from "../errors";
import { addressOf, isPort, parseEndpoint } from "../hosts";
import { checkProps } from "../../props/check";

/** The ports of a proxy on a node. */
export interface LocalProxyProps {
  /**
   * The port at which the proxy accepts connections to the API servers. API servers use 6443 on all addresses of their
   * nodes.
   * @default 8443
   */
  readonly port?: number;

  /**
   * The port of its own health endpoint, on loopback.
   * @default 8444
   */
  readonly healthPort?: number;
}

/** Describes a virtual IP, an address that moves between the control-plane nodes. */
export interface VirtualIpProps extends LocalProxyProps {
  /** An unused address in the nodes' network, of the same IP family as the nodes' addresses. */
  readonly address: string;

  /**
   * The network interface that gets the address. Each control-plane node must have an interface of this name.
   * @default - on each node, the interface with the node's own address
   */
  readonly interface?: string;

  /**
   * The VRRP router id, 1 to 255. No other virtual IP in the same network may have it.
   * @default - the last byte of `address`
   * @see https://www.rfc-editor.org/rfc/rfc3768#section-5.3.3
   */
  readonly routerId?: number;
}

/** The address at which nodes and users reach the API servers of a cluster. */
export class Endpoint {
  /**
   * Uses an address that exists already, of a load balancer for example. Throws if the address is not valid.
   * @param address `host:port`. The host is a DNS name, an IPv4 address, or an IPv6 address in brackets.
   */
  static fixed(address: string): Endpoint {
    const site = { kind: "fixed", ...parseEndpoint(address) } as const;
    return new Endpoint(() => site);
  }

  /**
   * Uses an address that moves between the control-plane nodes: keepalived assigns it to a node whose haproxy finds a
   * ready API server, and haproxy balances connections between all API servers. The nodes need the packages `haproxy`
   * and `keepalived` of their distribution; both run in separate units.
   */
  static virtualIp(props: VirtualIpProps): Endpoint {
    checkProps("VirtualIpProps", props, "Endpoint.virtualIp");
    const { address } = props;
    if (!hasToken(address) && isIP(address) === 0)
      throw invalidVirtualIp(address);
    const special = specialUse(address);
    if (special !== undefined)
      throw specialAddress("address of Endpoint.virtualIp", address, special);
    if (props.interface !== undefined && !isInterface(props.interface))
      throw invalidInterface(props.interface);
    const site = {
      kind: "virtual-ip",
      ...addressOf(address),
      ...portsOf(props),
      ...(props.interface !== undefined && { interface: props.interface }),
      routerId: routerIdOf(props),
    } as const;
    return new Endpoint(() => site);
  }

  /**
   * Runs a haproxy on each control-plane node and worker, on loopback, that balances connections between all API
   * servers, so no address has to move. Clients outside the nodes connect to an API server of their choice. The nodes
   * need the package `haproxy` of their distribution; it runs in a separate unit.
   */
  static localProxy(props: LocalProxyProps = {}): Endpoint {
    checkProps("LocalProxyProps", props, "Endpoint.localProxy");
    const ports = portsOf(props);
    return new Endpoint((loopback) => ({
      kind: "local-proxy",
      ...loopback,
      ...ports,
    }));
  }

  private constructor(
    /** The endpoint in the site, for the loopback address of the nodes' IP family. @internal */
    readonly site: (loopback: Address) => SiteEndpoint,
  ) {}
}

/** The endpoint of a prop, in which `host:port` is short for a fixed endpoint. */
export const endpointOf = (
  given: string | Endpoint | undefined,
  loopback: Address,
): SiteEndpoint | undefined =>
  (typeof given === "string" ? Endpoint.fixed(given) : given)?.site(loopback);

function portsOf(props: LocalProxyProps) {
  const {
    port = ENDPOINT_PORTS.endpoint,
    healthPort = ENDPOINT_PORTS.proxyHealth,
  } = props;
  if (!isPort(port)) throw invalidPort("port of the endpoint", port);
  if (!isPort(healthPort))
    throw invalidPort("healthPort of the endpoint", healthPort);
  if (port === healthPort) throw samePorts(port);
  return { port, healthPort };
}

/** Whether Linux accepts the name of an interface. Characters that need quoting are refused. */
const isInterface = (name: string): boolean =>
  /^[A-Za-z0-9][\w.-]{0,14}$/.test(name);

function routerIdOf({ address, routerId }: VirtualIpProps): number {
  const literal = hasToken(address) ? undefined : parseAddress(address);
  const given =
    routerId ?? (literal && (Number(literal.value & 0xffn) || undefined));
  if (given === undefined) throw routerIdMissing(address);
  if (!Number.isInteger(given) || given < 1 || given > 255)
    throw invalidRouterId(given);
  return given;
}
