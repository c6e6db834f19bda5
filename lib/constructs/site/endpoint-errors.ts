import { urlHost } from "../../catalog/addresses";
import { ENDPOINT_PORTS } from "../../catalog/endpoint";
import { error, show } from "../errors";

/** Errors about endpoints that are made on the nodes: what was given, what is allowed, what to do. */

export const invalidVirtualIp = (given: string) =>
  error(
    `The virtual IP ${show(given)} is not an IP address.`,
    "Allowed is IPv4 or IPv6 without brackets and port, or a token.",
    'Write Endpoint.virtualIp({ address: "10.0.0.100" }), for example; a name is Endpoint.fixed("api.example.org:6443").',
  );

export const invalidInterface = (given: string) =>
  error(
    `The interface ${show(given)} of the virtual IP is not one.`,
    "Allowed are letters, digits, . _ and -, at most 15 characters; not a token.",
    'Write interface: "eth0", for example, or leave it out: then it is the one that has the node\'s own address.',
  );

export const invalidRouterId = (given: number) =>
  error(
    `routerId ${show(given)} of the virtual IP is not one.`,
    "Allowed is 1 to 255.",
    "Choose one that no other virtual IP of the same network has, or leave it out: then it is the last byte of the address.",
  );

export const routerIdMissing = (address: string) =>
  error(
    `The virtual IP ${show(address)} gives no router id: its last byte is ${show(address).startsWith("(") ? "not known yet" : "0"}.`,
    "Allowed is 1 to 255.",
    "Write routerId: 51, for example: one that no other virtual IP of the same network has.",
  );

export const samePorts = (port: number) =>
  error(
    `The endpoint's port and healthPort are both ${port}.`,
    "Each has one of its own.",
    "Change one of them.",
  );

export const takenEndpointPort = (
  what: "port" | "healthPort",
  port: number,
  owner: string,
) =>
  error(
    `${what} ${port} of the endpoint is that of ${owner}.`,
    "Allowed is any other from 1 to 65535.",
    `Leave it out (${ENDPOINT_PORTS[what === "port" ? "endpoint" : "proxyHealth"]}), or choose another.`,
  );

/** @param node whose API server has the port */
export const apiServersPort = (port: number, node: string) =>
  error(
    `The endpoint's port ${port} is that of the API server of ${node}, which listens on all addresses of its node.`,
    "Allowed is another port; or the same one, where API servers listen on no address but their own.",
    `Leave port out (${ENDPOINT_PORTS.endpoint}), or give the node a bindAddress of its own.`,
  );

/** @param owner `node cp-1` */
export const ownVirtualIp = (address: string, owner: string) =>
  error(
    `The virtual IP ${show(address)} is the address of ${owner}.`,
    "Allowed is a free address of the nodes' network: it moves from one node to another.",
    `Choose another one; an address of one node only is Endpoint.fixed(${JSON.stringify(`${urlHost(address)}:6443`)}).`,
  );

export const foreignVirtualIp = (address: string, serviceSubnet: string) =>
  error(
    `The virtual IP ${show(address)} is of another family than the nodes' addresses and the first service subnet ${show(serviceSubnet)}.`,
    "Allowed is one of theirs.",
    "Choose another one.",
  );

/** @param other the path of the construct */
export const sharedVirtualIp = (address: string, other: string) =>
  error(
    `The virtual IP ${show(address)} is that of ${other}, too.`,
    "Each cluster has one of its own.",
    "Change one of them.",
  );

/** @param other the path of the construct */
export const sharedRouterId = (
  routerId: number,
  address: string,
  other: string,
) =>
  error(
    `The virtual IP ${show(address)} has the router id ${routerId}, and so has that of ${other}.`,
    "Each virtual IP of a network has one of its own, 1 to 255; without routerId it is the last byte of the address.",
    `Give one of them another: routerId: ${(routerId % 255) + 1}, for example.`,
  );

export const unaskedApiServers = () =>
  error(
    'apiServer.extraArgs["anonymous-auth"] is "false", so that the proxies of the endpoint cannot ask API servers whether they are ready.',
    "Allowed is that at least /readyz answers everybody; it tells nothing but ok.",
    "Take the flag away and limit anonymous requests to /livez, /readyz and /healthz with an AuthenticationConfiguration (flag authentication-config, field anonymous.conditions), or use Endpoint.fixed.",
  );

export const endpointWithoutNodes = (kind: string) =>
  error(
    `Endpoint.${kind} cannot be with Runtime.processes().`,
    "Allowed is no endpoint, or Endpoint.fixed: everything runs as processes of this machine.",
    "Leave endpoint out.",
  );
