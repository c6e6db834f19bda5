import {
  createHash,
  randomBytes,
  sign,
  type KeyObject,
  type X509Certificate,
} from "node:crypto";
import { promisify } from "node:util";
import { AUTHORITY_KEY_USAGES, keyUsages } from "../catalog/key-usages";
import type { CertificateSpec } from "../render/specs";
import {
  authorityKeyIdentifier,
  basicConstraints,
  bits,
  bytes,
  children,
  distinguishedName,
  explicit,
  extendedKeyUsage,
  fromDer,
  integer,
  isAlternativeName,
  keyUsage,
  nil,
  objectId,
  oids,
  sequence,
  set,
  subjectAltName,
  subjectKeyIdentifier,
  time,
  toDer,
  type Asn1,
} from "./der";
import { milliseconds } from "./duration";
import { unsupportedKey } from "./errors";
import { readCertificate } from "./certificates";
import { keyAlgorithm, publicDer } from "./keys";

/** Clocks of nodes differ a little; kubeadm allows for as much. */
const BACKDATED = 5 * 60_000;

export interface Issuer {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** A self-signed certificate of a certificate authority, for the key that is given. */
export async function issueAuthority(
  spec: CertificateSpec,
  key: KeyObject,
  now: Date,
): Promise<string> {
  const name = distinguishedName(spec.subject);
  return signedCertificate({
    issuer: name,
    subject: name,
    notBefore: new Date(now.getTime() - BACKDATED),
    notAfter: new Date(now.getTime() + milliseconds(spec.validity)),
    publicKey: key,
    extensions: [
      keyUsage(AUTHORITY_KEY_USAGES),
      basicConstraints(true),
      subjectKeyIdentifier(keyIdentifier(key)),
      // It bears its common name as a DNS name where that can be one.
      ...alternativeNames({
        ...spec,
        names: spec.names?.filter(isAlternativeName),
      }),
    ],
    signer: key,
  });
}

/** A certificate for a client or a server, never valid outside the lifetime of its authority. */
export async function issueCertificate(
  spec: CertificateSpec,
  publicKey: KeyObject,
  issuer: Issuer,
  now: Date,
): Promise<string> {
  const authority = readCertificate(issuer.certificate);
  return signedCertificate({
    issuer: authority.subjectName,
    subject: distinguishedName(spec.subject),
    notBefore: latest(new Date(now.getTime() - BACKDATED), authority.notBefore),
    notAfter: earliest(
      new Date(now.getTime() + milliseconds(spec.validity)),
      authority.notAfter,
    ),
    publicKey,
    extensions: [
      ...leafExtensions(spec, publicKey),
      subjectKeyIdentifier(keyIdentifier(publicKey)),
      // An authority that was brought may not say how its key is called.
      authorityKeyIdentifier(
        authority.subjectKeyIdentifier ??
          keyIdentifier(issuer.certificate.publicKey),
      ),
    ],
    signer: issuer.key,
  });
}

/** What an authority elsewhere is asked to sign, PKCS #10. The same spec and key always give the same inner part. */
export async function requestCertificate(
  spec: CertificateSpec,
  key: KeyObject,
): Promise<string> {
  return pem("CERTIFICATE REQUEST", await signed(requestInfo(spec, key), key));
}

/** Whether a request on disk asks for just this. */
export function requestsSame(
  csr: string,
  spec: CertificateSpec,
  key: KeyObject,
): boolean {
  try {
    const der = Buffer.from(csr.replace(/-----[^-]+-----/g, ""), "base64");
    return toDer(children(fromDer(der))[0]).equals(
      toDer(requestInfo(spec, key)),
    );
  } catch {
    return false;
  }
}

function requestInfo(spec: CertificateSpec, key: KeyObject): Asn1 {
  const extensions = set(sequence(...leafExtensions(spec, key)));
  return sequence(
    integer("\0"),
    distinguishedName(spec.subject),
    fromDer(publicDer(key)),
    explicit(0, sequence(objectId(oids.extensionRequest), extensions)),
  );
}

function leafExtensions(spec: CertificateSpec, key: KeyObject): Asn1[] {
  const { usages = [] } = spec;
  return [
    keyUsage(keyUsages(keyAlgorithm(key), usages)),
    ...(usages.length > 0 ? [extendedKeyUsage(usages)] : []),
    basicConstraints(false),
    ...alternativeNames(spec),
  ];
}

function alternativeNames({ names, subject }: CertificateSpec): Asn1[] {
  return names?.length ? [subjectAltName(names, subject.commonName)] : [];
}

interface Contents {
  readonly issuer: Asn1;
  readonly subject: Asn1;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Asn1[];
  readonly signer: KeyObject;
}

async function signedCertificate(contents: Contents): Promise<string> {
  const toBeSigned = sequence(
    explicit(0, integer("\x02")),
    integer(serialNumber()),
    signatureAlgorithm(contents.signer).identifier,
    contents.issuer,
    sequence(time(contents.notBefore), time(contents.notAfter)),
    contents.subject,
    fromDer(publicDer(contents.publicKey)),
    explicit(3, sequence(...contents.extensions)),
  );
  return pem("CERTIFICATE", await signed(toBeSigned, contents.signer));
}

/** 126 random bits, positive, always of the same length. */
function serialNumber(): string {
  const serial = randomBytes(16);
  serial[0] = (serial[0] & 0x7f) | 0x40;
  return serial.toString("binary");
}

/** SHA-1 of the bits of the public key, as RFC 5280 proposes; an identifier, not a proof. */
function keyIdentifier(key: KeyObject): string {
  const [, publicKey] = children(fromDer(publicDer(key)));
  return createHash("sha1")
    .update(bytes(publicKey).slice(1), "binary")
    .digest("binary");
}

const signOnThreadPool = promisify(sign) as (
  digest: string | null,
  data: Buffer,
  key: KeyObject,
) => Promise<Buffer>;

async function signed(toBeSigned: Asn1, key: KeyObject): Promise<Asn1> {
  const { digest, identifier } = signatureAlgorithm(key);
  const signature = await signOnThreadPool(digest, toDer(toBeSigned), key);
  return sequence(toBeSigned, identifier, bits(signature.toString("binary")));
}

const ECDSA_WITH: Readonly<Record<string, { digest: string; oid: string }>> = {
  "ECDSA-P256": { digest: "sha256", oid: "1.2.840.10045.4.3.2" },
  "ECDSA-P384": { digest: "sha384", oid: "1.2.840.10045.4.3.3" },
  "ECDSA-P521": { digest: "sha512", oid: "1.2.840.10045.4.3.4" },
};

/** The digest is as strong as the curve; RSA takes SHA-256 at any size, as kubeadm does. */
function signatureAlgorithm(key: KeyObject): {
  digest: string | null;
  identifier: Asn1;
} {
  const algorithm = keyAlgorithm(key);
  if (algorithm.startsWith("RSA-")) {
    return {
      digest: "sha256",
      identifier: sequence(objectId(oids.sha256WithRSAEncryption), nil()),
    };
  }
  if (algorithm === "Ed25519")
    return { digest: null, identifier: sequence(objectId(oids.EdDSA25519)) };
  const ecdsa = ECDSA_WITH[algorithm];
  if (ecdsa === undefined)
    throw unsupportedKey("The certificate authority", algorithm);
  return { digest: ecdsa.digest, identifier: sequence(objectId(ecdsa.oid)) };
}

function pem(label: string, value: Asn1): string {
  const base64 = toDer(value)
    .toString("base64")
    .replace(/.{64}/g, "$&\n")
    .trimEnd();
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

const latest = (a: Date, b: Date): Date => (a > b ? a : b);
const earliest = (a: Date, b: Date): Date => (a < b ? a : b);
