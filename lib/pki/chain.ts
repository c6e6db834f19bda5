import {
  authorityProblem,
  pathLength,
  readingProblem,
} from "./authority-problem";
import { derOid, sameCertificate, type CertificateFacts } from "./certificates";
import { purposeProblem, type Purpose } from "./constraints";
import { nameText } from "./distinguished-name";
import { rfc3339 } from "../base/duration";
import { readElements } from "./tlv";

/** A CA with the CAs above it. */
export interface Authority {
  /** The CA that signs, and behind it the CAs above, as far as they are known, each of which signed the one before. */
  readonly chain: readonly CertificateFacts[];
  /** The CAs that the cluster trusts: only the one that signs or, if the user chose so, also others of the chain. */
  readonly trusted: readonly CertificateFacts[];
  /**
   * The certificate with the name and the key of the CA that signs, signed by the CA's previous generation. Sent behind
   * a leaf, it makes the leaf valid for everybody who trusts only that generation.
   * @default - the CA has no previous generation
   */
  readonly cross?: CertificateFacts;
}

/** A CA without CAs above it. */
export const singleAuthority = (found: CertificateFacts): Authority => ({
  chain: [found],
  trusted: [found],
});

/** Whether both Go and OpenSSL accept the issuer: they compare the bytes of the name, the key and the key identifiers. */
export const isSignedBy = (
  certificate: CertificateFacts,
  issuer: CertificateFacts,
): boolean =>
  certificate.issuerDer.equals(issuer.subjectDer) &&
  certificate.x509.checkIssued(issuer.x509) &&
  certificate.x509.verify(issuer.x509.publicKey);

/** Whether a certificate has the name and the key of a CA, whoever signed it. */
export const isOfAuthority = (
  certificate: CertificateFacts,
  authority: CertificateFacts,
): boolean =>
  certificate.subjectDer.equals(authority.subjectDer) &&
  certificate.x509.publicKey.equals(authority.x509.publicKey);

export const isSelfSigned = (certificate: CertificateFacts): boolean =>
  isSignedBy(certificate, certificate);

const subjectOf = ({ subjectDer }: CertificateFacts): string =>
  nameText(subjectDer);
const issuerOf = ({ issuerDer }: CertificateFacts): string =>
  nameText(issuerDer);

/** Why the certificates of a file are not a chain, in which each is signed by the next; `undefined` if they are. */
export function orderProblem(
  chain: readonly CertificateFacts[],
): string | undefined {
  const at = chain.findIndex(
    (each, index) =>
      index + 1 < chain.length && !isSignedBy(each, chain[index + 1]),
  );
  if (at < 0) return undefined;
  const [each, next] = chain.slice(at);
  const signer = chain.find(
    (other) => other !== each && isSignedBy(each, other),
  );
  if (signer)
    return `its certificates are not in order: after ${subjectOf(each)} has to come ${subjectOf(signer)}, which signed it, and not ${subjectOf(next)}`;
  if (!isSelfSigned(each))
    return `the certificate of ${issuerOf(each)}, which signed ${subjectOf(each)}, is missing between it and ${subjectOf(next)}`;
  return isSignedBy(next, each)
    ? `its certificates are not in order: ${subjectOf(next)} has to come before ${subjectOf(each)}, which signed it`
    : `its certificate ${at + 2}, ${subjectOf(next)}, does not belong to the chain, which ends with the root before it, ${subjectOf(each)}: remove it from the file`;
}

/** The path from a certificate to a trusted CA. */
export interface TrustPath {
  /** The CAs between the certificate and the trusted one. */
  readonly between: readonly CertificateFacts[];
  /** The trusted CA. */
  readonly anchor: CertificateFacts;
  /** The CAs that a server sends with its certificate: all below the root. A client without the root trusts none. */
  readonly served: readonly CertificateFacts[];
}

/** The path to a trusted CA through the certificates `behind` the leaf in its file, or why there is none. */
export function findTrustPath(
  leaf: CertificateFacts,
  behind: readonly CertificateFacts[],
  { chain, trusted, cross }: Authority,
): TrustPath | { readonly problem: string } {
  const anchorOf = (each: CertificateFacts): CertificateFacts | undefined =>
    trusted.find((one) => isSignedBy(each, one));
  const between: CertificateFacts[] = [];
  const rest = behind.filter((each) => !sameCertificate(each, leaf));
  let last = leaf;
  let anchor = anchorOf(last);
  while (anchor === undefined) {
    const next = rest.shift();
    if (next === undefined || !isSignedBy(last, next))
      return { problem: missingProblem(leaf, last, next, behind, trusted) };
    between.push(next);
    last = next;
    anchor = anchorOf(last);
  }
  const problem = orderProblem([last, ...rest]);
  if (problem !== undefined) return { problem };
  const above = upwards(anchor, chain);
  const served = [
    ...[...between, ...above].filter((each) => !isSelfSigned(each)),
    ...(cross && sameCertificate(anchor, chain[0]) ? [cross] : []),
  ];
  return { between, anchor, served };
}

function upwards(
  from: CertificateFacts,
  chain: readonly CertificateFacts[],
): readonly CertificateFacts[] {
  const at = chain.findIndex((each) => sameCertificate(each, from));
  return at < 0 ? [from] : chain.slice(at);
}

/** A certificate as a server sends it: with all CAs between it and the root. */
export function withChain(
  [leaf, ...behind]: readonly CertificateFacts[],
  authority: Authority,
): CertificateFacts[] {
  const path = findTrustPath(leaf, behind, authority);
  return [leaf, ...("problem" in path ? behind : path.served)];
}

function missingProblem(
  leaf: CertificateFacts,
  last: CertificateFacts,
  next: CertificateFacts | undefined,
  behind: readonly CertificateFacts[],
  [wanted]: readonly CertificateFacts[],
): string {
  const signer = behind.find((each) => isSignedBy(last, each));
  if (signer && next)
    return `its certificates are not in order: after ${subjectOf(last)} has to come ${subjectOf(signer)}, which signed it, and not ${subjectOf(next)}`;
  if (behind.length > 0)
    return `the certificate of ${issuerOf(last)}, which signed ${subjectOf(last)}, is missing: append it to the file`;
  if (wanted === undefined) return "there is no CA to verify it with";
  if (leaf.issuerDer.equals(wanted.subjectDer))
    return leaf.x509.verify(wanted.x509.publicKey)
      ? `its authority key identifier is not that of the present ${subjectOf(wanted)}`
      : `it was signed with another key than that of the present ${subjectOf(wanted)}`;
  return issuerOf(leaf) === subjectOf(wanted)
    ? `it encodes the name of its issuer ${subjectOf(wanted)} in other bytes than the CA itself does, and Go compares bytes`
    : `it is signed by ${issuerOf(leaf)}, not by ${subjectOf(wanted)}`;
}

/** Why a certificate cannot be verified with the trusted CAs; `undefined` if it can. */
export function trustProblem(
  leaf: CertificateFacts,
  behind: readonly CertificateFacts[],
  authority: Authority,
  now: Date,
): string | undefined {
  const path = findTrustPath(leaf, behind, authority);
  if ("problem" in path) return path.problem;
  const { between, anchor } = path;
  // A certificate that is trusted itself needs no valid signature.
  if (sameCertificate(leaf, anchor)) return undefined;
  const own =
    weakSignature(leaf) ??
    readingProblem(leaf) ??
    lengthProblem(anchor, between.length);
  if (own !== undefined) return own;
  const signers = between.map((each, at) => {
    const problem =
      weakSignature(each) ??
      authorityProblem(each) ??
      lengthProblem(each, at) ??
      lifetimeProblem(each, now);
    return problem && `${subjectOf(each)}, which signed it: ${problem}`;
  });
  return firstOf(signers) ?? signersProblem([...between, anchor], leaf);
}

/** The first reason why one of the signing CAs may not sign for a purpose. */
export const signersProblem = (
  signers: readonly CertificateFacts[],
  purpose: Purpose,
): string | undefined =>
  firstOf(signers.map((each) => purposeProblem(each, purpose)));

const firstOf = (problems: readonly (string | undefined)[]) =>
  problems.find((problem) => problem !== undefined);

/**
 * The warning about a CA whose chain cannot be verified up to its root. It is no reason to refuse the CA: whoever trusts
 * the CA itself does not verify what is above it.
 */
export function chainWarning(
  chain: readonly CertificateFacts[],
  now: Date,
): string | undefined {
  const problem = firstOf(
    chain.map((each, at) => {
      const found =
        (isSelfSigned(each) ? undefined : weakSignature(each)) ??
        lengthProblem(each, at) ??
        (at > 0 ? lifetimeProblem(each, now) : undefined);
      return found && `${subjectOf(each)}: ${found}`;
    }),
  );
  return (
    problem &&
    `clients that trust only its root cannot verify the certificates that it signs: ${problem}`
  );
}

const lengthProblem = (
  found: CertificateFacts,
  below: number,
): string | undefined =>
  below > (pathLength(found) ?? Infinity)
    ? `the path length of ${subjectOf(found)} allows fewer CAs below it`
    : undefined;

export const lifetimeProblem = (
  { notBefore, notAfter }: CertificateFacts,
  now: Date,
): string | undefined =>
  notAfter <= now
    ? `it expired at ${rfc3339(notAfter)}`
    : notBefore > now
      ? `it is not valid before ${rfc3339(notBefore)}`
      : undefined;

/** Signature algorithms with MD2, MD5 or SHA-1, for RSA, ECDSA and DSA. */
const WEAK: readonly string[] = [
  "1.2.840.113549.1.1.2",
  "1.2.840.113549.1.1.4",
  "1.2.840.113549.1.1.5",
  "1.3.14.3.2.29",
  "1.2.840.10045.4.1",
  "1.2.840.10040.4.3",
];

function weakSignature({ fields }: CertificateFacts): string | undefined {
  const [algorithm] = readElements(fields.signatureAlgorithm.content);
  return WEAK.includes(derOid(algorithm))
    ? "its signature is made with MD5 or SHA-1, which Go refuses"
    : undefined;
}
