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

/** An authority with those that signed it. */
export interface Authority {
  /** The one that signs, then as far as it is known the one that signed each, up to the root. */
  readonly chain: readonly CertificateFacts[];
  /** Whom the cluster trusts: the one that signs alone, or as the user chose the others of the chain, too. */
  readonly trusted: readonly CertificateFacts[];
}

/** One that stands for itself, in the store or elsewhere. */
export const singleAuthority = (found: CertificateFacts): Authority => ({
  chain: [found],
  trusted: [found],
});

/** As Go and OpenSSL look at it together: the bytes of the name, the key, the identifiers. */
export const isSignedBy = (
  certificate: CertificateFacts,
  issuer: CertificateFacts,
): boolean =>
  certificate.issuerDer.equals(issuer.subjectDer) &&
  certificate.x509.checkIssued(issuer.x509) &&
  certificate.x509.verify(issuer.x509.publicKey);

export const isSelfSigned = (certificate: CertificateFacts): boolean =>
  isSignedBy(certificate, certificate);

const subjectOf = ({ subjectDer }: CertificateFacts): string =>
  nameText(subjectDer);
const issuerOf = ({ issuerDer }: CertificateFacts): string =>
  nameText(issuerDer);

/** Why the certificates of a file are no chain, in which each is signed by the next; `undefined` where they are. */
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
    : `${subjectOf(next)}, certificate ${at + 2} in it, does not belong to its chain, which ends with the root before it, ${subjectOf(each)}: take it out of the file`;
}

/** How a certificate leads to an authority that is trusted. */
export interface TrustPath {
  /** Those that signed it, without the one that is trusted. */
  readonly between: readonly CertificateFacts[];
  readonly anchor: CertificateFacts;
  /** What is served behind it: all between it and the root. Who does not have the root could not trust it anyway. */
  readonly served: readonly CertificateFacts[];
}

/** The way by those that stand behind a certificate in its file; or why there is none. */
export function findTrustPath(
  leaf: CertificateFacts,
  behind: readonly CertificateFacts[],
  { chain, trusted }: Authority,
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
  const served = [...between, ...above].filter((each) => !isSelfSigned(each));
  return { between, anchor, served };
}

function upwards(
  from: CertificateFacts,
  chain: readonly CertificateFacts[],
): readonly CertificateFacts[] {
  const at = chain.findIndex((each) => sameCertificate(each, from));
  return at < 0 ? [from] : chain.slice(at);
}

/** A certificate as it is served: with all that stands between it and the root. */
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
  if (leaf.issuerDer.equals(wanted.subjectDer))
    return leaf.x509.verify(wanted.x509.publicKey)
      ? `its authority key identifier is not that of the ${subjectOf(wanted)} that is there`
      : `it is signed by another key than that of the ${subjectOf(wanted)} that is there`;
  return issuerOf(leaf) === subjectOf(wanted)
    ? `it writes the name of its issuer ${subjectOf(wanted)} in other bytes than the one that is there, and Go compares bytes`
    : `it is signed by ${issuerOf(leaf)}, not by ${subjectOf(wanted)}`;
}

/** Why nobody can go from a certificate to an authority that is trusted; `undefined` where everybody can. */
export function trustProblem(
  leaf: CertificateFacts,
  behind: readonly CertificateFacts[],
  authority: Authority,
  now: Date,
): string | undefined {
  const path = findTrustPath(leaf, behind, authority);
  if ("problem" in path) return path.problem;
  const { between, anchor } = path;
  // Nobody looks at the signature of one that is trusted itself.
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

/** The first reason for which one of those that sign may not sign for a purpose. */
export const signersProblem = (
  signers: readonly CertificateFacts[],
  purpose: Purpose,
): string | undefined =>
  firstOf(signers.map((each) => purposeProblem(each, purpose)));

const firstOf = (problems: readonly (string | undefined)[]) =>
  problems.find((problem) => problem !== undefined);

/**
 * What a run says about an authority whose chain does not hold up to the root. Those who trust the authority itself do
 * not look at what is above it, so that this is no reason to refuse it.
 */
export function chainNote(
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
    `who trusts only its root cannot verify what it signs: ${problem}`
  );
}

const lengthProblem = (
  found: CertificateFacts,
  below: number,
): string | undefined =>
  below > (pathLength(found) ?? Infinity)
    ? `the path length of ${subjectOf(found)} allows fewer authorities below it`
    : undefined;

const lifetimeProblem = (
  { notBefore, notAfter }: CertificateFacts,
  now: Date,
): string | undefined =>
  notAfter <= now
    ? `it expired at ${rfc3339(notAfter)}`
    : notBefore > now
      ? `it is not valid before ${rfc3339(notBefore)}`
      : undefined;

/** With MD5 and SHA-1: RSA, ECDSA, DSA. */
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
