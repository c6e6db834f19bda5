import { isIP } from "node:net";
import type forge from "node-forge";
// @ts-expect-error only forge's entry point has types, but importing all of forge would triple the agent's start time
import asn1Module from "node-forge/lib/asn1";
// @ts-expect-error as above
import oidsModule from "node-forge/lib/oids";
import {
  type Address,
  formatAddress,
  parseAddress,
} from "../catalog/addresses";
import type { KeyUsage } from "../catalog/key-usages";
import type { Subject, Usage } from "../render/specs";
import { invalidName, invalidSubject } from "./errors";

/** The structures of X.509 in ASN.1, built with node-forge. Bytes are forge's binary strings. */
export const asn1 = asn1Module as typeof forge.asn1;
export const oids = oidsModule as Readonly<Record<string, string>>;
export type Asn1 = forge.asn1.Asn1;

const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class;
const { Type } = asn1;

const primitive = (type: number, value: string): Asn1 =>
  asn1.create(UNIVERSAL, type, false, value);
export const sequence = (...value: Asn1[]): Asn1 =>
  asn1.create(UNIVERSAL, Type.SEQUENCE, true, value);
export const set = (...value: Asn1[]): Asn1 =>
  asn1.create(UNIVERSAL, Type.SET, true, value);
export const explicit = (tag: number, ...value: Asn1[]): Asn1 =>
  asn1.create(CONTEXT_SPECIFIC, tag, true, value);
const implicit = (tag: number, value: string): Asn1 =>
  asn1.create(CONTEXT_SPECIFIC, tag, false, value);
export const nil = (): Asn1 => primitive(Type.NULL, "");
export const integer = (bytes: string): Asn1 => primitive(Type.INTEGER, bytes);
export const objectId = (oid: string): Asn1 =>
  primitive(Type.OID, asn1.oidToDer(oid).getBytes());
const yes = (): Asn1 => primitive(Type.BOOLEAN, "\xff");
const octets = (bytes: string): Asn1 => primitive(Type.OCTETSTRING, bytes);
export const bits = (bytes: string, unused = 0): Asn1 =>
  primitive(Type.BITSTRING, String.fromCharCode(unused) + bytes);

export const toDer = (value: Asn1): Buffer =>
  Buffer.from(asn1.toDer(value).getBytes(), "binary");

/** Parses DER. The content of bit strings is not decoded. */
export function fromDer(der: Buffer): Asn1 {
  const options = { decodeBitStrings: false } as unknown as boolean;
  return asn1.fromDer(der.toString("binary"), options);
}

export const children = (value?: Asn1): Asn1[] =>
  Array.isArray(value?.value) ? value.value : [];
export const bytes = (value: Asn1): string =>
  typeof value.value === "string" ? value.value : "";
export const oidOf = (value: Asn1): string => asn1.derToOid(bytes(value));

/** The string type that Go would choose: PrintableString if its alphabet suffices. */
function text(value: string): Asn1 {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)
    ? primitive(Type.PRINTABLESTRING, value)
    : primitive(Type.UTF8, Buffer.from(value, "utf8").toString("binary"));
}

/** Encodes a name as Go does: organizations in one set, before the common name. */
export function distinguishedName({
  commonName,
  organizations = [],
}: Subject): Asn1 {
  const attribute = (oid: string, value: string): Asn1 => {
    if (!/^(?! )[^\p{Cc}\p{Cs}]+(?<! )$/u.test(value))
      throw invalidSubject(value);
    return sequence(objectId(oid), text(value));
  };
  const together = [...new Set(organizations)]
    .map((name) => attribute(oids.organizationName, name))
    .sort((a, b) => Buffer.compare(toDer(a), toDer(b)));
  return sequence(
    ...(together.length > 0 ? [set(...together)] : []),
    set(attribute(oids.commonName, commonName)),
  );
}

/** UTCTime up to 2049, GeneralizedTime from then on. */
export function time(value: Date): Asn1 {
  return value.getUTCFullYear() < 2050
    ? primitive(Type.UTCTIME, asn1.dateToUtcTime(value))
    : primitive(Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(value));
}

function extension(oid: string, critical: boolean, value: Asn1): Asn1 {
  return sequence(
    objectId(oid),
    ...(critical ? [yes()] : []),
    octets(toDer(value).toString("binary")),
  );
}

export const basicConstraints = (authority: boolean): Asn1 =>
  extension(
    oids.basicConstraints,
    true,
    sequence(...(authority ? [yes()] : [])),
  );

const KEY_USAGE_BITS: Readonly<Record<KeyUsage, number>> = {
  digitalSignature: 0,
  keyEncipherment: 2,
  keyCertSign: 5,
};

export function keyUsage(usages: readonly KeyUsage[]): Asn1 {
  const set = usages.map((usage) => KEY_USAGE_BITS[usage]);
  const octet = set.reduce((octet, bit) => octet | (0x80 >> bit), 0);
  const unused = 7 - Math.max(...set);
  return extension(
    oids.keyUsage,
    true,
    bits(String.fromCharCode(octet), unused),
  );
}

export const extendedKeyUsage = (usages: readonly Usage[]): Asn1 =>
  extension(
    oids.extKeyUsage,
    false,
    sequence(...usages.map((usage) => objectId(oids[usage]))),
  );

export const subjectKeyIdentifier = (identifier: string): Asn1 =>
  extension(oids.subjectKeyIdentifier, false, octets(identifier));

export const authorityKeyIdentifier = (identifier: string): Asn1 =>
  extension(
    oids.authorityKeyIdentifier,
    false,
    sequence(implicit(0, identifier)),
  );

/** The canonical spelling of a name, in which equal names are the same text. */
export function canonicalName(name: string): string {
  const address = parseAddress(name);
  if (address === undefined) return name;
  const isMapped = address.family === 6 && address.value >> 32n === 0xffffn;
  return formatAddress(
    isMapped ? { family: 4, value: address.value & 0xffff_ffffn } : address,
  );
}

function addressBytes({ family, value }: Address): string {
  const digits = value.toString(16).padStart(family === 4 ? 8 : 32, "0");
  return Buffer.from(digits, "hex").toString("binary");
}

export function addressOf(raw: string): string {
  if (raw.length === 4) return Buffer.from(raw, "binary").join(".");
  const bytes = Buffer.alloc(16);
  bytes.write(raw, "binary");
  return canonicalName(bytes.toString("hex").replace(/.{4}(?=.)/g, "$&:"));
}

/** Whether RFC 5280 allows a DNS name. Underscores are allowed, too, because they are in use. */
function isDnsName(name: string): boolean {
  const labels = name.replace(/^\*\./, "").split(".");
  return (
    name.length <= 253 &&
    labels.every((label) => /^\w([\w-]{0,61}\w)?$/.test(label)) &&
    // Numbers with dots can only be an address.
    !/^[\d.*]+$/.test(name)
  );
}

export const isAlternativeName = (name: string): boolean =>
  isDnsName(name) || (isIP(name) !== 0 && !name.includes("%"));

/** DNS names first, then addresses, without repetitions. */
export function subjectAltName(
  names: readonly string[],
  commonName: string,
): Asn1 {
  const valid = names.map((name) => {
    if (!isAlternativeName(name)) throw invalidName(name, commonName);
    return canonicalName(name);
  });
  const once = [
    ...new Map(valid.map((name) => [name.toLowerCase(), name])).values(),
  ];
  const dns = once
    .filter((name) => !isIP(name))
    .map((name) => implicit(2, name));
  const addresses = once
    .flatMap((name) => parseAddress(name) ?? [])
    .map((address) => implicit(7, addressBytes(address)));
  return extension(oids.subjectAltName, false, sequence(...dns, ...addresses));
}
