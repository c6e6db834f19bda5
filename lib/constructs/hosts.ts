import { isIP } from "node:net";
import type { Address, AddressPort } from "../catalog/site";
import { hasToken } from "../terraform/expression";
import { urlHost } from "../terraform/url-host";
import { invalidEndpoint } from "./errors";

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
  if (!match || !isPort(port)) throw invalidEndpoint(endpoint);
  const valid = match[1]
    ? isIP(host) === 6
    : isIP(host) === 4 || isDnsName(host);
  if (!hasToken(host) && !valid) throw invalidEndpoint(endpoint);
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

/** Whether a path is absolute and needs no quoting in shells, units or YAML. */
export const isPlainPath = (path: string) =>
  /^(\/[\w.@+:-]+)+$/.test(path) &&
  !path.split("/").some((part) => part === "." || part === "..");
