import { urlHost } from "../../catalog/addresses";
import { ENDPOINT_PORTS } from "../../catalog/endpoint";
import { error, ifExpression, show } from "../errors";

/** Errors about endpoints on the nodes. Each says what was given, what is allowed, and what to do. */

export const invalidVirtualIp = (given: string) =>
  error(
    `The virtual IP ${show(given)} is not an IP address.`,
    "Allowed is an IPv4 address, an IPv6 address without brackets, or a token; without a port.",
    ifExpression(given) ??
      'Write Endpoint.virtualIp({ address: "10.0.0.100" }), for example. For a name, use Endpoint.fixed("api.example.org:6443").',
  );

export const invalidInterface = (given: string) =>
  error(
    `The interface ${show(given)} of the virtual IP is not a valid name of a network interface.`,
    "Allowed are letters, digits, . _ and -, at most 15 characters; not a token.",
    'Write interface: "eth0", for example, or omit it to use the interface with the node\'s own address.',
  );

export const invalidRouterId = (given: number) =>
  error(
    `routerId ${show(given)} of the virtual IP is not a VRRP router id.`,
    "Allowed are 1 to 255.",
    "Choose one that no other virtual IP in the same network has, or omit it to use the last byte of the address.",
  );

export const routerIdMissing = (address: string) =>
  error(
    `The router id cannot be derived from the virtual IP ${show(address)}: its last byte is ${show(address).startsWith("(") ? "not known yet" : "0"}.`,
    "Allowed are 1 to 255.",
    "Write routerId: 51, for example; choose one that no other virtual IP in the same network has.",
  );

export const samePorts = (port: number) =>
  error(
    `The endpoint's port and healthPort are both ${port}.`,
    "They must be different.",
    "Change one of them.",
  );

export const takenEndpointPort = (
  what: "port" | "healthPort",
  port: number,
  owner: string,
) =>
  error(
    `${what} ${port} of the endpoint is the port of ${owner}.`,
    "Allowed is any unused port from 1 to 65535.",
    `Omit it to use ${ENDPOINT_PORTS[what === "port" ? "endpoint" : "proxyHealth"]}, or choose another port.`,
  );

/** @param node The name of the node whose API server uses the port. */
export const apiServerPortTaken = (port: number, node: string) =>
  error(
    `The endpoint's port ${port} is the port of the API server of ${node}, which listens on all addresses of its node.`,
    "Allowed is a different port, or the same port if the API server listens only on the node's own address.",
    `Omit port to use ${ENDPOINT_PORTS.endpoint}, or set the node's bindAddress to its own address.`,
  );

/** @param owner The owner of the address, such as `node cp-1`. */
export const virtualIpOfNode = (address: string, owner: string) =>
  error(
    `The virtual IP ${show(address)} is the address of ${owner}.`,
    "Allowed is an unused address in the nodes' network, because it moves from one node to another.",
    `Choose another address, or use the address of this one node with Endpoint.fixed(${JSON.stringify(`${urlHost(address)}:6443`)}).`,
  );

export const wrongVirtualIpFamily = (address: string, serviceSubnet: string) =>
  error(
    `The virtual IP ${show(address)} has a different IP family than the nodes' addresses and the first service subnet ${show(serviceSubnet)}.`,
    "Allowed is an address of their family.",
    "Choose another address.",
  );

/** @param other The path of the other construct. */
export const sharedVirtualIp = (address: string, other: string) =>
  error(
    `The virtual IP ${show(address)} is also the virtual IP of ${other}.`,
    "Each cluster needs its own virtual IP.",
    "Change one of them.",
  );

/** @param other The path of the other construct. */
export const sharedRouterId = (
  routerId: number,
  address: string,
  other: string,
) =>
  error(
    `The virtual IP ${show(address)} has the router id ${routerId}, which the virtual IP of ${other} has as well.`,
    "Each virtual IP in a network needs its own router id, 1 to 255; by default it is the last byte of the address.",
    `Give one of them a different router id: routerId: ${(routerId % 255) + 1}, for example.`,
  );

/** @param refusal What refuses them, as the beginning of a sentence. */
export const noAnonymousReadyz = (refusal: string) =>
  error(
    `${refusal}, so the proxies of the endpoint cannot check whether API servers are ready.`,
    "Anonymous requests to /readyz must be allowed; it reveals only whether the API server is ready.",
    "Allow them, and limit anonymous requests to /livez, /readyz and /healthz with an AuthenticationConfiguration (flag authentication-config, field anonymous.conditions); or use Endpoint.fixed.",
  );

export const endpointWithoutNodes = (kind: string) =>
  error(
    `Endpoint.${kind} cannot be used with Runtime.processes().`,
    "Allowed is no endpoint, or Endpoint.fixed, because all components run as processes on this machine.",
    "Omit endpoint.",
  );
