import { isIP } from "node:net";
import type { Host, HostPort } from "../catalog/site";
import { hasToken } from "../terraform/expression";
import { urlHost } from "../terraform/url-host";
import { invalidEndpoint } from "./errors";

/** A host in both of its spellings. */
export const hostOf = (host: string): Host => ({
  host,
  urlHost: urlHost(host),
});

/** `host:port`; the host may be a token, the port is a literal. */
export function parseEndpoint(endpoint: string): HostPort {
  const match = /^(?:\[([^\]]+)\]|(.*)):(\d+)$/s.exec(endpoint);
  const host = match?.[1] ?? match?.[2] ?? "";
  const port = Number(match?.[3]);
  if (!match || !isPort(port)) throw invalidEndpoint(endpoint);
  const valid = match[1]
    ? isIP(host) === 6
    : isIP(host) === 4 || isDnsName(host);
  if (!hasToken(host) && !valid) throw invalidEndpoint(endpoint);
  return { ...hostOf(host), port };
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
  // Four numbers with dots are an address or nothing.
  !/^[\d.]+$/.test(name);

/** An absolute path that needs no quoting anywhere. */
export const isPlainPath = (path: string) =>
  /^(\/[\w.@+:-]+)+$/.test(path) &&
  !path.split("/").some((part) => part === "." || part === "..");
