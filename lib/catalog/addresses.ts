import { frozen } from "./frozen";
import { isIPv6 } from "node:net";

/**
 * Arithmetic with the literal CIDRs of a site. Addresses are formatted as Go's net.IP formats them, because they end up
 * in certificates and flags that are compared with kubeadm's.
 */

export interface Cidr {
  readonly family: 4 | 6;
  readonly base: bigint;
  readonly prefix: number;
}

/** Parses a CIDR; `undefined` if the text is not one. The host bits are cleared, as Kubernetes does. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([0-9A-Fa-f:.]+)\/(\d{1,3})$/.exec(text);
  const address = match && parseAddress(match[1]);
  if (!address) return undefined;
  const bits = address.family === 4 ? 32 : 128;
  const prefix = Number(match[2]);
  if (prefix > bits) return undefined;
  const hostBits = BigInt(bits - prefix);
  return {
    family: address.family,
    base: (address.value >> hostBits) << hostBits,
    prefix,
  };
}

export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** Parses an IP address; `undefined` if the text is not one, or if it has a zone. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** The CIDRs of addresses at which no other host can be reached, by what they are used for. */
export const SPECIAL_USES = frozen({
  unspecified: ["0.0.0.0/32", "::/128"],
  loopback: ["127.0.0.0/8", "::1/128"],
  "link-local": ["169.254.0.0/16", "fe80::/10"],
  multicast: ["224.0.0.0/4", "ff00::/8"],
  broadcast: ["255.255.255.255/32"],
  "IPv4-mapped": ["::ffff:0:0/96"],
});

export type SpecialUse = keyof typeof SPECIAL_USES;

/** The special use of an address; `undefined` for addresses of hosts, and for texts that are not addresses. As in Go's `net.IP`. */
export function specialUse(text: string): SpecialUse | undefined {
  const block = hostBlock(text);
  if (!block) return undefined;
  return (Object.keys(SPECIAL_USES) as SpecialUse[]).find((use) =>
    SPECIAL_USES[use].some((cidr) => overlap(block, parseCidr(cidr)!)),
  );
}

/** The block of one address alone. */
export function hostBlock(text: string): Cidr | undefined {
  const address = parseAddress(text);
  return (
    address && {
      family: address.family,
      base: address.value,
      prefix: address.family === 4 ? 32 : 128,
    }
  );
}

/** Whether two blocks have addresses in common. */
export function overlap(a: Cidr, b: Cidr): boolean {
  if (a.family !== b.family) return false;
  const bits = a.family === 4 ? 32 : 128;
  const shift = BigInt(bits - Math.min(a.prefix, b.prefix));
  return a.base >> shift === b.base >> shift;
}

/** The network of a CIDR that has bits beyond its prefix; `undefined` if it has no such bits. */
export function blockAround(text: string): string | undefined {
  const [address, prefix] = text.split("/");
  const cidr = parseCidr(text);
  const given = parseAddress(address);
  if (!cidr || !given || cidr.base === given.value) return undefined;
  return `${formatAddress({ family: cidr.family, value: cidr.base })}/${prefix}`;
}

/** The `index`th address of a CIDR: the API server's service has the first, the cluster's DNS the tenth. */
export function indexedAddress(cidr: string, index: number): string {
  const parsed = parseCidr(cidr);
  if (!parsed) throw new Error(`not a CIDR: ${cidr}`);
  const value = parsed.base + BigInt(index);
  return formatAddress({ family: parsed.family, value });
}

export const formatAddress = ({ family, value }: Address): string =>
  family === 4 ? formatIpv4(value) : formatIpv6(value);

function parseIpv4(text: string): Address | undefined {
  const parts = text.split(".");
  const isByte = (part: string): boolean =>
    /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255;
  return parts.length === 4 && parts.every(isByte)
    ? {
        family: 4,
        value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n),
      }
    : undefined;
}

function parseIpv6(text: string): Address | undefined {
  if (!isIPv6(text) || text.includes("%")) return undefined;
  const [head, tail] = canonicalIpv6(text)
    .split("::")
    .map((half) => half.split(":").filter(Boolean));
  const missing = tail ? 8 - head.length - tail.length : 0;
  const groups = [
    ...head,
    ...Array<string>(missing).fill("0"),
    ...(tail ?? []),
  ];
  return {
    family: 6,
    value: groups.reduce(
      (sum, group) => (sum << 16n) | BigInt(`0x${group}`),
      0n,
    ),
  };
}

function formatIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");
}

function formatIpv6(value: bigint): string {
  const groups = value.toString(16).padStart(32, "0").match(/.{4}/g)!;
  return canonicalIpv6(groups.join(":"));
}

/** An IPv6 address as RFC 5952 says, in groups of hexadecimal digits: a URL is normalized in this way. */
const canonicalIpv6 = (text: string): string =>
  new URL(`http://[${text}]`).hostname.slice(1, -1);

/** A host as it is written in a URL: IPv6 addresses are in brackets. */
export const urlHost = (host: string): string =>
  host.includes(":") ? `[${host}]` : host;
