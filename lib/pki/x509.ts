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
import { unsupportedKey } from "./errors";
import { pemText } from "./bundle";
import { readCertificate, type CertificateFacts } from "./certificates";
import { keyAlgorithm, publicDer } from "./keys";
import { readElement, readElements, SEQUENCE, writeElement } from "./tlv";

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
      // It bears its common name as a DNS name where that can be one.
      ...alternativeNames({
        ...spec,
        names: spec.names?.filter(isAlternativeName),
      }),
    ],
    signer: key,
  });
}

/**
 * The certificate of an authority for another lifetime, with its own key. All else that it says stays as it is, to the
 * byte: what it signed would not be trusted any more with another name, and what it limits is not ours to take away.
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

/** Without the serial number of the certificate that it takes the place of. */
const ownKeyIdentifier = ({
  subjectKeyIdentifier,
}: CertificateFacts): Asn1[] =>
  subjectKeyIdentifier === undefined
    ? []
    : [authorityKeyIdentifier(subjectKeyIdentifier)];

/** A certificate for a client or a server, never valid outside the lifetime of its authority. */
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
  const info = toDer(requestInfo(spec, key));
  return pemText("CERTIFICATE REQUEST", await signed(info, key));
}

/** Whether a request on disk asks for just this. */
export function requestsSame(
  csr: string,
  spec: CertificateSpec,
  key: KeyObject,
): boolean {
  try {
    const der = Buffer.from(csr.replace(/-----[^-]+-----/g, ""), "base64");
    const [info] = readElements(readElement(der).content);
    return info.whole.equals(toDer(requestInfo(spec, key)));
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

/** A part of a certificate: made here, or as it is encoded already. */
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

async function signed(toBeSigned: Buffer, key: KeyObject): Promise<Buffer> {
  const { digest, identifier } = signatureAlgorithm(key);
  const signature = await signOnThreadPool(digest, toBeSigned, key);
  return inSequence(toBeSigned, identifier, bits(signature.toString("binary")));
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

const latest = (a: Date, b: Date): Date => (a > b ? a : b);
const earliest = (a: Date, b: Date): Date => (a < b ? a : b);
