import { isIP } from "node:net";
import type { Address, AddressPort } from "../catalog/site";
import { hasToken } from "../terraform/expression";
import { urlHost } from "../terraform/url-host";
import { parseAddress, specialUse } from "../catalog/addresses";
import { invalidEndpoint, specialAddress } from "./errors";

/** A host as it is written alone, and as it is written in a URL. */
export const addressOf = (host: string): Address => ({
  host,
  urlHost: urlHost(host),
});

/** Parses `host:port`. The host may be a token; the port must be a literal. */
export function parseEndpoint(endpoint: string): AddressPort {
  const match = /^(?:\[([^\]]+)\]|(.*)):(\d+)$/s.exec(endpoint);
  const given = match?.[1] ?? match?.[2] ?? "";
  // Names have no case, and certificates and kubeconfigs need one spelling.
  const host = hasToken(given) ? given : given.toLowerCase();
  const port = Number(match?.[3]);
  if (!match || !isPort(port)) throw invalidEndpoint(endpoint);
  const valid = match[1]
    ? parseAddress(host)?.family === 6
    : isIP(host) === 4 || isDnsName(host);
  if (!hasToken(host) && !valid) throw invalidEndpoint(endpoint);
  const special = specialUse(host);
  // A load balancer may run on the very machine.
  if (special !== undefined && special !== "loopback")
    throw specialAddress("endpoint", host, special);
  return { ...addressOf(host), port };
}

export const isPort = (port: number) =>
  Number.isInteger(port) && port >= 1 && port <= 65535;

/** An RFC 1123 label: one part of a subdomain. */
export const isDnsLabel = (name: string) =>
  name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);

/** An RFC 1123 subdomain. */
export const isDnsName = (name: string) =>
  name.length <= 253 &&
  name.split(".").every(isDnsLabel) &&
  // Numbers separated by dots are an IP address, or a mistake.
  !/^[\d.]+$/.test(name);

/** The name of a node: kubelet gives it to a label, so that it has at most 63 characters. */
export const isNodeName = (name: string) =>
  name.length <= 63 && name.split(".").every(isDnsLabel);

/** The name of a cluster: the name of its store's folder, and of its entry in kubeconfigs. */
export const isClusterName = (name: string) =>
  /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/.test(name);

/** A folder may be written with a slash at its end. */
export const withoutSlash = (path: string): string =>
  hasToken(path) ? path : path.replace(/(?<=.)\/+$/, "");

/** Whether a path is absolute and needs no quoting in shells, units or YAML. */
export const isPlainPath = (path: string) =>
  /^(\/[\w.@+:-]+)+$/.test(path) &&
  !path.split("/").some((part) => part === "." || part === "..");
