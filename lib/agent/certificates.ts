import { X509Certificate } from "node:crypto";
import type { Subject } from "../render/specs";
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
import { keyAlgorithm } from "./keys";

/** What a certificate says, in our words. */
export interface CertificateFacts {
  readonly x509: X509Certificate;
  readonly subject: Subject;
  readonly issuer: Subject;
  /** The subject as it is encoded, to stand as issuer in what it signs. */
  readonly subjectName: Asn1;
  readonly names: readonly string[];
  readonly usages: readonly string[];
  readonly keyAlgorithm: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isAuthority: boolean;
  /** Binary. */
  readonly subjectKeyIdentifier?: string;
}

/** The first certificate of a PEM text; `undefined` where there is none that can be read. */
export function parseCertificate(
  pem: Buffer | string | undefined,
): CertificateFacts | undefined {
  if (pem === undefined) return undefined;
  try {
    return readCertificate(new X509Certificate(pem));
  } catch {
    return undefined;
  }
}

export function readCertificate(x509: X509Certificate): CertificateFacts {
  const [, , , issuer, , subjectName, , ...rest] = children(
    children(fromDer(x509.raw))[0],
  );
  const extensions = new Map(
    rest
      .filter(
        ({ tagClass, type }) =>
          tagClass === asn1.Class.CONTEXT_SPECIFIC && Number(type) === 3,
      )
      .flatMap((wrapped) => children(children(wrapped)[0]))
      .map((extension): [string, string] => {
        const parts = children(extension);
        return [oidOf(parts[0]), bytes(parts[parts.length - 1])];
      }),
  );
  const extension = (name: string): Asn1 | undefined => {
    const der = extensions.get(oids[name]);
    return der === undefined ? undefined : fromDer(Buffer.from(der, "binary"));
  };
  const identifier = extension("subjectKeyIdentifier");
  return {
    x509,
    subject: readName(subjectName),
    issuer: readName(issuer),
    subjectName,
    names: children(extension("subjectAltName") ?? asn1None()).flatMap(
      readGeneralName,
    ),
    usages: children(extension("extKeyUsage") ?? asn1None()).map(
      (usage) => oids[oidOf(usage)] ?? oidOf(usage),
    ),
    keyAlgorithm: keyAlgorithm(x509.publicKey),
    notBefore: new Date(x509.validFrom),
    notAfter: new Date(x509.validTo),
    isAuthority: x509.ca,
    ...(identifier && { subjectKeyIdentifier: bytes(identifier) }),
  };
}

const asn1None = (): Asn1 =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, []);

function readName(name: Asn1): Subject {
  const attributes = children(name)
    .flatMap(children)
    .map((attribute) => {
      const [type, value] = children(attribute);
      return {
        oid: oidOf(type),
        value: Buffer.from(bytes(value), "binary").toString("utf8"),
      };
    });
  const valuesOf = (oid: string): string[] =>
    attributes.filter((one) => one.oid === oid).map(({ value }) => value);
  const organizations = valuesOf(oids.organizationName);
  return {
    commonName: valuesOf(oids.commonName)[0] ?? "",
    ...(organizations.length > 0 && { organizations }),
  };
}

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
