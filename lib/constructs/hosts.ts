import type { Address, AddressPort } from "../catalog/site";
import { code, hasToken, quote } from "../terraform/expression";
import { lowerCase } from "../terraform/lower-case";
import { urlHost } from "../terraform/url-host";
import { invalidEndpoint } from "./errors";
import { PLAIN_PATH } from "./patterns";

/** A host as it is written alone, and as it is written in a URL. */
export const addressOf = (host: string): Address => ({
  host,
  urlHost: urlHost(host),
});

/** Parses `host:port`. The host may be a token; the port must be a literal. */
export function parseEndpoint(endpoint: string): AddressPort {
  const match = /^(?:\[([^\]]+)\]|(.*)):(\d+)$/s.exec(endpoint);
  const host = match?.[1] ?? match?.[2] ?? "";
  const port = Number(match?.[3]);
  // Only an IPv6 address is in brackets.
  const isBracketed = match?.[1] !== undefined;
  if (!isPort(port) || (!hasToken(host) && isBracketed !== host.includes(":")))
    throw invalidEndpoint(endpoint);
  // Names have no case, and certificates and kubeconfigs need one spelling.
  const [name] = lowerCase([withoutBrackets(host)]);
  return { ...addressOf(name), port };
}

/** The text of a token may be an IPv6 address in brackets, as `host:port` needs it. */
const withoutBrackets = (host: string): string =>
  hasToken(host)
    ? code`replace(${host}, ${IN_BRACKETS}, "$1")`.asToken()
    : host;

const IN_BRACKETS = quote(String.raw`/^\[(.*:.*)\]$/`);

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
export const isPlainPath = (path: string) => PLAIN_PATH.test(path);
