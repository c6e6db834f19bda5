import type { KeyObject } from "node:crypto";
import type { CertificateSpec, Subject } from "../render/specs";
import { subjectText, type CertificateFacts } from "./certificates";
import { singleAuthority, trustProblem, type Authority } from "./chain";
import { canonicalName } from "./der";
import { milliseconds, rfc3339 } from "../base/duration";

export interface Expectation {
  readonly spec: CertificateSpec;
  readonly issuer: CertificateFacts;
  /** The issuer with those that signed it. @default - it stands for itself */
  readonly authority?: Authority;
  readonly key: KeyObject | undefined;
  readonly renewBefore?: string;
  readonly now: Date;
  /** An authority elsewhere decides about the lifetime, and may add names and usages. */
  readonly signedElsewhere: boolean;
}

/**
 * Why a certificate is not what is wanted; `undefined` where it is. The worst reason comes first. Behind it may stand
 * those that signed it.
 */
export function misfit(
  [certificate, ...behind]: readonly CertificateFacts[],
  wanted: Expectation,
): string | undefined {
  if (certificate === undefined) return NO_CERTIFICATE;
  return (
    damage(certificate, wanted, behind) ??
    specProblem(certificate, wanted) ??
    timeProblem(certificate, wanted)
  );
}

export const NO_CERTIFICATE = "it is no certificate in PEM form";

/** Why nobody can use a certificate, whatever was asked for. */
export function damage(
  certificate: CertificateFacts | undefined,
  {
    key,
    issuer,
    authority = singleAuthority(issuer),
    now,
  }: Pick<Expectation, "key" | "issuer" | "authority"> & { now: Date },
  behind: readonly CertificateFacts[] = [],
): string | undefined {
  if (certificate === undefined) return NO_CERTIFICATE;
  if (key === undefined) return "its key is missing or cannot be read";
  if (!certificate.x509.checkPrivateKey(key))
    return behind.some(({ x509 }) => x509.checkPrivateKey(key))
      ? "its certificates are not in order: the one of its key has to come first"
      : "its key does not fit";
  return trustProblem(certificate, behind, authority, now);
}

/** Why a certificate is not one of an authority, by those that stand behind it in its file. */
export const chainProblem = (
  certificate: CertificateFacts,
  issuer: CertificateFacts,
  behind: readonly CertificateFacts[],
  now: Date,
): string | undefined =>
  trustProblem(certificate, behind, singleAuthority(issuer), now);

function specProblem(
  found: CertificateFacts,
  { spec, signedElsewhere }: Expectation,
): string | undefined {
  const subject = subjectText(sorted(spec.subject));
  if (subjectText(sorted(found.subject)) !== subject) {
    return `its subject is ${subjectText(found.subject)}, not ${subjectText(spec.subject)}`;
  }
  if (found.isAuthority) return "it is the certificate of an authority";
  if (found.keyAlgorithm !== spec.keyAlgorithm)
    return `its key is ${found.keyAlgorithm}, not ${spec.keyAlgorithm}`;
  return (
    listProblem(
      "name",
      found.names,
      (spec.names ?? []).map(canonicalName),
      signedElsewhere,
    ) ?? listProblem("usage", found.usages, spec.usages ?? [], signedElsewhere)
  );
}

const sorted = ({ commonName, organizations = [] }: Subject): Subject => ({
  commonName,
  organizations: [...new Set(organizations)].sort(),
});

export function listProblem(
  what: string,
  found: readonly string[],
  wanted: readonly string[],
  moreAllowed: boolean,
): string | undefined {
  const without = (
    values: readonly string[],
    others: readonly string[],
  ): string[] => {
    const known = new Set(others.map((value) => value.toLowerCase()));
    return values.filter((value) => !known.has(value.toLowerCase()));
  };
  const missing = without(wanted, found);
  if (missing.length > 0) return `it lacks the ${what} ${missing.join(", ")}`;
  const extra = moreAllowed ? [] : without(found, wanted);
  return extra.length > 0
    ? `it has the ${what} ${extra.join(", ")} too`
    : undefined;
}

function timeProblem(
  found: CertificateFacts,
  wanted: Expectation,
): string | undefined {
  const { spec, issuer, now, renewBefore, signedElsewhere } = wanted;
  if (found.notAfter <= now) return `it expired at ${rfc3339(found.notAfter)}`;
  if (found.notBefore > now)
    return `it is not valid before ${rfc3339(found.notBefore)}`;
  if (renewalTime(found, renewBefore) <= now)
    return `it is due for renewal: it ends at ${rfc3339(found.notAfter)}`;
  if (signedElsewhere) return undefined;
  if (found.notAfter > issuer.notAfter) return "it outlives its authority";
  return lifetimeFits(found, spec.validity) ||
    found.notAfter.getTime() === issuer.notAfter.getTime()
    ? undefined
    : `its lifetime is not ${spec.validity}`;
}

/** A certificate is valid from a few minutes before it was made. */
export function lifetimeFits(
  { notBefore, notAfter }: CertificateFacts,
  validity: string,
): boolean {
  const more =
    notAfter.getTime() - notBefore.getTime() - milliseconds(validity);
  return more >= -1000 && more <= 6 * 60_000;
}

interface Lifetime {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Two thirds of the lifetime: before that a renewal makes no sense, whatever was asked for. */
export function renewableTime({ notBefore, notAfter }: Lifetime): Date {
  const exact =
    notBefore.getTime() + ((notAfter.getTime() - notBefore.getTime()) * 2) / 3;
  // Whole seconds, as the stamp says it, so that a plan and the agent never disagree.
  return new Date(Math.floor(exact / 1000) * 1000);
}

export function renewalTime(
  lifetime: Lifetime,
  renewBefore: string | undefined,
): Date {
  const renewable = renewableTime(lifetime);
  if (renewBefore === undefined) return renewable;
  const asked = new Date(
    lifetime.notAfter.getTime() - milliseconds(renewBefore),
  );
  return asked > renewable ? asked : renewable;
}
