import { isIP } from "node:net";
import { parseAddress } from "../../catalog/addresses";
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
import { invalidPort } from "../errors";
import { addressOf, isPort, parseEndpoint } from "../hosts";
import { checkProps } from "../../props/check";

/** What a proxy on a node listens on. */
export interface LocalProxyProps {
  /**
   * Where it listens. 6443 is an API server's own, on all addresses of its node.
   * @default 8443
   */
  readonly port?: number;

  /**
   * Where it says how it is, at the loopback address.
   * @default 8444
   */
  readonly healthPort?: number;
}

/** An address that one of the control-plane nodes has, and where it leads to the API servers. */
export interface VirtualIpProps extends LocalProxyProps {
  /** A free address of the nodes' network, IPv4 or IPv6 as the nodes'; no node's own. */
  readonly address: string;

  /**
   * Where control-plane nodes put it: the name of a network interface that each of them has.
   * @default - on each node, the one that has the node's own address
   */
  readonly interface?: string;

  /**
   * The VRRP router id, 1 to 255: no other virtual IP of the same network has it.
   * @default - the last byte of `address`
   * @see https://www.rfc-editor.org/rfc/rfc3768#section-5.3.3
   */
  readonly routerId?: number;
}

/** Where the nodes of a cluster, and its users, reach its API servers. */
export class Endpoint {
  /**
   * An address that exists: a load balancer's, a name in the DNS.
   * @param address `host:port`: a name or an address, IPv6 in brackets. Throws where it is neither.
   */
  static fixed(address: string): Endpoint {
    const site = { kind: "fixed", ...parseEndpoint(address) } as const;
    return new Endpoint(() => site);
  }

  /**
   * An address that moves: keepalived gives it to a control-plane node whose haproxy finds a ready API server, and
   * haproxy balances over all of them. Both come from the packages of the nodes' distribution, `haproxy` and
   * `keepalived`, and run as units of their own.
   */
  static virtualIp(props: VirtualIpProps): Endpoint {
    checkProps("VirtualIpProps", props, "Endpoint.virtualIp");
    const { address } = props;
    if (!hasToken(address) && isIP(address) === 0)
      throw invalidVirtualIp(address);
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
   * A haproxy on each control-plane node and worker, at its loopback address, that balances over all API servers: no
   * address has to move. Others than nodes talk to an API server of their choice. It comes from the package `haproxy`
   * of the nodes' distribution and runs as a unit of its own.
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
    /** By the loopback address of the nodes' family. @internal */
    readonly site: (loopback: Address) => SiteEndpoint,
  ) {}
}

/** `host:port` is the short form of a fixed one. */
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

/** As Linux names them, without what would need quotes somewhere. */
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
