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
import { milliseconds } from "../base/duration";
import { orUndefined } from "../base/files";
import { unsupportedKey } from "./errors";
import { pemText } from "./bundle";
import { readCertificate, type CertificateFacts } from "./certificates";
import { keyAlgorithm, publicDer } from "./keys";
import { readElement, readElements, SEQUENCE, writeElement } from "./tlv";

/** Certificates are backdated by 5 minutes, as kubeadm's are, because the clocks of nodes differ a little. */
const BACKDATED = 5 * 60_000;

export interface Issuer {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** Makes a self-signed CA certificate for the given key. */
export async function issueAuthority(
  spec: CertificateSpec,
  key: KeyObject,
  now: Date,
): Promise<string> {
  const name = toDer(distinguishedName(spec.subject));
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
      // Its name is also a DNS name in it, as with kubeadm, unless it cannot be one.
      ...alternativeNames({
        ...spec,
        names: spec.names?.filter(isAlternativeName),
      }),
    ],
    signer: key,
  });
}

/**
 * Signs a CA certificate again with the CA's own key, for another lifetime. Everything else in it stays the same, byte
 * for byte: with another name, nothing that it signed would be trusted any more, and its limits are the user's decision.
 */
export async function renewAuthority(
  found: CertificateFacts,
  validity: string,
  key: KeyObject,
  now: Date,
): Promise<string> {
  return signedCertificate({
    issuer: found.subjectDer,
    subject: found.subjectDer,
    notBefore: new Date(now.getTime() - BACKDATED),
    notAfter: new Date(now.getTime() + milliseconds(validity)),
    publicKey: found.fields.publicKey.whole,
    extensions: found.fields.extensions.flatMap<Part>((extension) =>
      extension.oid === oids.authorityKeyIdentifier
        ? ownKeyIdentifier(found)
        : [extension.whole],
    ),
    signer: key,
  });
}

/**
 * Makes a CA's cross certificate: the previous generation signs the CA's name and key. It ends no later than that
 * generation's own certificate.
 */
export async function crossSign(
  found: CertificateFacts,
  previous: Issuer,
  now: Date,
): Promise<string> {
  const signer = readCertificate(previous.certificate);
  return signedCertificate({
    issuer: signer.subjectDer,
    subject: found.subjectDer,
    notBefore: latest(new Date(now.getTime() - BACKDATED), signer.notBefore),
    notAfter: earliest(found.notAfter, signer.notAfter),
    publicKey: found.fields.publicKey.whole,
    extensions: [
      ...found.fields.extensions.flatMap(({ oid, whole }) =>
        oid === oids.authorityKeyIdentifier ? [] : [whole],
      ),
      signedBy(signer),
    ],
    signer: previous.key,
  });
}

/** Its authority key identifier, without the serial number: that is the serial number of the replaced certificate. */
const ownKeyIdentifier = ({
  subjectKeyIdentifier,
}: CertificateFacts): Asn1[] =>
  subjectKeyIdentifier === undefined
    ? []
    : [authorityKeyIdentifier(subjectKeyIdentifier)];

/** Makes a certificate for a client or a server. It is never valid outside the lifetime of its CA. */
export async function issueCertificate(
  spec: CertificateSpec,
  publicKey: KeyObject,
  issuer: Issuer,
  now: Date,
): Promise<string> {
  const authority = readCertificate(issuer.certificate);
  return signedCertificate({
    issuer: authority.subjectDer,
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
      signedBy(authority),
    ],
    signer: issuer.key,
  });
}

/** The identifier of the key that signs. A user's CA may have none in its certificate. */
const signedBy = ({ subjectKeyIdentifier, x509 }: CertificateFacts): Asn1 =>
  authorityKeyIdentifier(subjectKeyIdentifier ?? keyIdentifier(x509.publicKey));

/** Makes a signing request (PKCS #10) for an external CA. The signed part depends only on spec and key. */
export async function requestCertificate(
  spec: CertificateSpec,
  key: KeyObject,
): Promise<string> {
  const info = toDer(requestInfo(spec, key));
  return pemText("CERTIFICATE REQUEST", await signed(info, key));
}

/** Whether a signing request is for exactly this spec and key. */
export const isRequestFor = (
  csr: string,
  spec: CertificateSpec,
  key: KeyObject,
): boolean =>
  orUndefined(() => {
    const der = Buffer.from(csr.replace(/-----[^-]+-----/g, ""), "base64");
    const [info] = readElements(readElement(der).content);
    return info.whole.equals(toDer(requestInfo(spec, key)));
  }) ?? false;

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

/** A part of a certificate: a structure, or bytes that are already encoded. */
type Part = Asn1 | Buffer;

interface Contents {
  readonly issuer: Part;
  readonly subject: Part;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject | Buffer;
  readonly extensions: readonly Part[];
  readonly signer: KeyObject;
}

async function signedCertificate(contents: Contents): Promise<string> {
  const { publicKey } = contents;
  const toBeSigned = inSequence(
    explicit(0, integer("\x02")),
    integer(serialNumber()),
    signatureAlgorithm(contents.signer).identifier,
    contents.issuer,
    sequence(time(contents.notBefore), time(contents.notAfter)),
    contents.subject,
    Buffer.isBuffer(publicKey) ? publicKey : publicDer(publicKey),
    writeElement(EXTENSIONS, inSequence(...contents.extensions)),
  );
  return pemText("CERTIFICATE", await signed(toBeSigned, contents.signer));
}

const EXTENSIONS = 0xa3;

const inSequence = (...parts: readonly Part[]): Buffer =>
  writeElement(
    SEQUENCE,
    ...parts.map((part) => (Buffer.isBuffer(part) ? part : toDer(part))),
  );

/** 126 random bits. It is always positive and of the same length. */
function serialNumber(): string {
  const serial = randomBytes(16);
  serial[0] = (serial[0] & 0x7f) | 0x40;
  return serial.toString("binary");
}

/** SHA-1 of the bits of the public key, as RFC 5280 proposes. It serves as an identifier, not for security. */
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

async function signed(toBeSigned: Buffer, key: KeyObject): Promise<Buffer> {
  const { digest, identifier } = signatureAlgorithm(key);
  const signature = await signOnThreadPool(digest, toBeSigned, key);
  return inSequence(toBeSigned, identifier, bits(signature.toString("binary")));
}

/** ECDSA uses a digest as strong as its curve; RSA uses SHA-256 for any key size, as kubeadm does. */
const SIGNATURES = new Map<string, [digest: string | null, oid: string]>([
  ["RSA", ["sha256", oids.sha256WithRSAEncryption]],
  ["ECDSA-P256", ["sha256", "1.2.840.10045.4.3.2"]],
  ["ECDSA-P384", ["sha384", "1.2.840.10045.4.3.3"]],
  ["ECDSA-P521", ["sha512", "1.2.840.10045.4.3.4"]],
  ["Ed25519", [null, oids.EdDSA25519]],
]);

function signatureAlgorithm(key: KeyObject) {
  const kind = keyAlgorithm(key).replace(/^RSA-.*/, "RSA");
  const found = SIGNATURES.get(kind);
  if (found === undefined) throw unsupportedKey("The CA", kind);
  const [digest, oid] = found;
  const parameters = kind === "RSA" ? [nil()] : [];
  return { digest, identifier: sequence(objectId(oid), ...parameters) };
}

const latest = (a: Date, b: Date): Date => (a > b ? a : b);
const earliest = (a: Date, b: Date): Date => (a < b ? a : b);
