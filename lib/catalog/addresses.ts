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

/** Why no other host can be reached at an address. */
export type SpecialUse = (typeof SPECIAL)[number][1];

const SPECIAL = [
  ["0.0.0.0/32", "unspecified"],
  ["::/128", "unspecified"],
  ["127.0.0.0/8", "loopback"],
  ["::1/128", "loopback"],
  ["169.254.0.0/16", "link-local"],
  ["fe80::/10", "link-local"],
  ["224.0.0.0/4", "multicast"],
  ["ff00::/8", "multicast"],
  ["255.255.255.255/32", "broadcast"],
  ["::ffff:0:0/96", "IPv4-mapped"],
] as const;

/** All special uses, with their CIDRs. */
export const SPECIAL_USES: ReadonlyMap<SpecialUse, readonly string[]> = new Map(
  SPECIAL.map(([, use]) => [
    use,
    SPECIAL.flatMap(([cidr, of]) => (of === use ? [cidr] : [])),
  ]),
);

/** The special use of an address; `undefined` for addresses of hosts, and for texts that are not addresses. As in Go's `net.IP`. */
export function specialUse(text: string): SpecialUse | undefined {
  const block = hostBlock(text);
  return (
    block && SPECIAL.find(([each]) => overlap(block, parseCidr(each)!))?.[1]
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
  if (
    parts.length !== 4 ||
    !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))
  )
    return undefined;
  if (parts.some((part) => Number(part) > 255)) return undefined;
  return {
    family: 4,
    value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n),
  };
}

function parseIpv6(text: string): Address | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, at) =>
    groups(half, at === halves.length - 1),
  );
  if (!head || (halves.length === 2 && !tail)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array<bigint>(missing).fill(0n), ...(tail ?? [])];
  return {
    family: 6,
    value: all.reduce((sum, group) => (sum << 16n) | group, 0n),
  };
}

/** Only the end of an address may be written as an IPv4 address. */
function groups(text: string, isEnd: boolean): bigint[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const embedded =
    isEnd && parts[parts.length - 1].includes(".")
      ? parseIpv4(parts.pop()!)
      : undefined;
  if (!parts.every((part) => /^[0-9A-Fa-f]{1,4}$/.test(part))) return undefined;
  const values = parts.map((part) => BigInt(`0x${part}`));
  return embedded
    ? [...values, embedded.value >> 16n, embedded.value & 0xffffn]
    : values;
}

function formatIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");
}

/** Formats an IPv6 address as RFC 5952 says: in lower case, with the first of the longest runs of zeros shortened. */
function formatIpv6(value: bigint): string {
  const parts = Array.from({ length: 8 }, (_, i) =>
    ((value >> BigInt(16 * (7 - i))) & 0xffffn).toString(16),
  );
  const runs = [
    ...parts
      .map((part) => (part === "0" ? "0" : "x"))
      .join("")
      .matchAll(/00+/g),
  ];
  const longest = runs.reduce<RegExpExecArray | undefined>(
    (best, run) => (best && best[0].length >= run[0].length ? best : run),
    undefined,
  );
  if (!longest) return parts.join(":");
  const head = parts.slice(0, longest.index).join(":");
  const tail = parts.slice(longest.index + longest[0].length).join(":");
  return `${head}::${tail}`;
}

/** A host as it is written in a URL: IPv6 addresses are in brackets. */
export const urlHost = (host: string): string =>
  host.includes(":") ? `[${host}]` : host;
