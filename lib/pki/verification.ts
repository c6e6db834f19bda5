import type { KeyObject } from "node:crypto";
import type { CertificateSpec, Subject } from "../render/specs";
import { subjectText, type CertificateFacts } from "./certificates";
import {
  lifetimeProblem,
  singleAuthority,
  trustProblem,
  type Authority,
} from "./chain";
import { canonicalName } from "./der";
import { milliseconds, rfc3339 } from "../base/duration";

/** What a certificate is compared with. */
export interface Expectation {
  readonly spec: CertificateSpec;
  readonly issuer: CertificateFacts;
  /** The issuer with the CAs above it. @default - the issuer alone */
  readonly authority?: Authority;
  readonly key: KeyObject | undefined;
  readonly renewBefore?: string;
  readonly now: Date;
  /** Whether an external CA signs it, which decides about the lifetime and may add names and usages. */
  readonly signedElsewhere: boolean;
}

/**
 * Why a certificate does not meet the expectation, with the worst reason first; `undefined` if it does. The CAs that
 * signed it may stand behind it.
 */
export function certificateProblem(
  [certificate, ...behind]: readonly CertificateFacts[],
  wanted: Expectation,
): string | undefined {
  if (certificate === undefined) return NO_CERTIFICATE;
  return (
    usabilityProblem(certificate, wanted, behind) ??
    specProblem(certificate, wanted) ??
    timeProblem(certificate, wanted)
  );
}

export const NO_CERTIFICATE = "it is not a certificate in PEM form";

/** Why a certificate is unusable, even without regard to its spec; `undefined` if it is usable. */
export function usabilityProblem(
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
      ? "its certificates are not in order: the one that belongs to its key has to come first"
      : "its key does not belong to it";
  return trustProblem(certificate, behind, authority, now);
}

/** Why a certificate was not signed by a CA, directly or through the certificates behind it in its file. */
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
  if (found.isAuthority) return "it is a CA certificate";
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
  const untimely = lifetimeProblem(found, now);
  if (untimely !== undefined) return untimely;
  if (renewalTime(found, renewBefore) <= now)
    return `it is due for renewal: it expires at ${rfc3339(found.notAfter)}`;
  if (signedElsewhere) return undefined;
  if (found.notAfter > issuer.notAfter) return "it outlives its CA";
  return lifetimeFits(found, spec.validity) ||
    found.notAfter.getTime() === issuer.notAfter.getTime()
    ? undefined
    : `its lifetime is not ${spec.validity}`;
}

/** Whether the lifetime is the wanted one, give or take the minutes by which certificates are backdated. */
export function lifetimeFits(
  { notBefore, notAfter }: CertificateFacts,
  validity: string,
): boolean {
  const more =
    notAfter.getTime() - notBefore.getTime() - milliseconds(validity);
  return more >= -1000 && more <= 6 * 60_000;
}

type Lifetime = Pick<CertificateFacts, "notBefore" | "notAfter">;

/** The moment when two thirds of the lifetime have passed. A renewal before it makes no sense, whatever was asked for. */
export function renewableTime({ notBefore, notAfter }: Lifetime): Date {
  const exact =
    notBefore.getTime() + ((notAfter.getTime() - notBefore.getTime()) * 2) / 3;
  // Whole seconds, as in the stamp, so that the plan and the agent always agree.
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
