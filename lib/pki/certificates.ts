import { X509Certificate } from "node:crypto";
import { orUndefined } from "../base/files";
import type { Subject } from "../render/specs";
import { certificatesPem, readBundle } from "./bundle";
import {
  addressOf,
  asn1,
  bytes,
  children,
  fromDer,
  oidOf,
  oids,
  type Asn1,
} from "./der";
import { readSubject } from "./distinguished-name";
import { keyAlgorithm } from "./keys";
import { readElement, readElements, type Element } from "./tlv";

/** A parsed certificate. */
export interface CertificateFacts {
  readonly x509: X509Certificate;
  readonly subject: Subject;
  readonly issuer: Subject;
  /** The encoded subject. What a CA signs needs the same bytes as its issuer, because Go compares bytes. */
  readonly subjectDer: Buffer;
  readonly issuerDer: Buffer;
  readonly fields: CertificateFields;
  readonly names: readonly string[];
  readonly usages: readonly string[];
  readonly keyAlgorithm: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isAuthority: boolean;
  /** Binary. */
  readonly subjectKeyIdentifier?: string;
}

/** The parts of a certificate as they are encoded. */
export interface CertificateFields {
  /** 1 to 3. */
  readonly version: number;
  readonly serialNumber: Element;
  readonly signatureAlgorithm: Element;
  readonly publicKey: Element;
  readonly extensions: readonly CertificateExtension[];
}

export interface CertificateExtension {
  readonly oid: string;
  readonly critical: boolean;
  /** DER. */
  readonly value: Buffer;
  readonly whole: Buffer;
}

/** The first certificate of a file; `undefined` if there is none or one cannot be read. */
export const parseCertificate = (
  file?: Buffer | string,
): CertificateFacts | undefined => parseCertificates(file)[0];

/** All certificates of a file, in its order; an empty list if one of them cannot be read. */
export const parseCertificates = (
  file: Buffer | string = "",
): CertificateFacts[] =>
  orUndefined(() =>
    readBundle(Buffer.from(file)).certificates.map((der) =>
      readCertificate(new X509Certificate(der)),
    ),
  ) ?? [];

/** A PEM file with only these certificates. */
export const bundlePem = (certificates: readonly CertificateFacts[]): string =>
  certificatesPem(certificates.map(({ x509 }) => x509.raw));

export const sameCertificate = (
  a: CertificateFacts,
  b: CertificateFacts,
): boolean => a.x509.raw.equals(b.x509.raw);

export function readCertificate(x509: X509Certificate): CertificateFacts {
  const { subject, issuer, ...fields } = readFields(x509.raw);
  const extension = (name: string): Asn1 | undefined => {
    const found = fields.extensions.find(({ oid }) => oid === oids[name]);
    return found && fromDer(found.value);
  };
  const identifier = extension("subjectKeyIdentifier");
  return {
    x509,
    subject: readSubject(subject),
    issuer: readSubject(issuer),
    subjectDer: subject,
    issuerDer: issuer,
    fields,
    names: children(extension("subjectAltName")).flatMap(readGeneralName),
    usages: children(extension("extKeyUsage")).map(
      (usage) => oids[oidOf(usage)] ?? oidOf(usage),
    ),
    keyAlgorithm: keyAlgorithm(x509.publicKey),
    notBefore: timeIn(x509.validFrom),
    notAfter: timeIn(x509.validTo),
    isAuthority: x509.ca,
    ...(identifier && { subjectKeyIdentifier: bytes(identifier) }),
  };
}

/** OpenSSL prints a time that it cannot read as `Bad time value`. */
function timeIn(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new Error("a time cannot be read");
  return time;
}

const VERSION = 0xa0;
const EXTENSIONS = 0xa3;

function readFields(
  der: Buffer,
): CertificateFields & { subject: Buffer; issuer: Buffer } {
  const [toBeSigned] = readElements(readElement(der).content);
  const all = readElements(toBeSigned.content);
  // Certificates of version 1 have no version field.
  const version =
    all[0].tag === VERSION ? readElement(all[0].content) : undefined;
  const [serialNumber, signatureAlgorithm, issuer, , subject, publicKey] =
    version ? all.slice(1) : all;
  const wrapped = all.find(({ tag }) => tag === EXTENSIONS);
  const extensions = wrapped
    ? readElements(readElement(wrapped.content).content)
    : [];
  return {
    version: (version?.content[0] ?? 0) + 1,
    serialNumber,
    signatureAlgorithm,
    issuer: issuer.whole,
    subject: subject.whole,
    publicKey,
    extensions: extensions.map(readExtension),
  };
}

function readExtension({ content, whole }: Element): CertificateExtension {
  const [name, ...rest] = readElements(content);
  return {
    oid: derOid(name),
    critical: rest.length > 1 && rest[0].content[0] !== 0,
    value: rest[rest.length - 1].content,
    whole,
  };
}

/** The dotted form of an object identifier. */
export const derOid = ({ content }: Element): string =>
  asn1.derToOid(content.toString("binary"));

function readGeneralName(name: Asn1): string[] {
  switch (Number(name.type)) {
    case 2:
      return [bytes(name)];
    case 7:
      return [addressOf(bytes(name))];
    default:
      return [];
  }
}

export function subjectText({
  commonName,
  organizations = [],
}: Subject): string {
  return [...organizations.map((name) => `O=${name}`), `CN=${commonName}`].join(
    ", ",
  );
}
