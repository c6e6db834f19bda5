import type { Subject, Usage } from "../catalog/certificates";
import type { KeyAlgorithmName } from "../catalog/key-algorithms";
import { goDuration } from "../catalog/go-duration";
import type { CertificateSpec } from "./specs";

/** What a certificate's key is, and how long it lives. */
export interface Lifetime {
  readonly keyAlgorithm: KeyAlgorithmName;
  /** Hours. */
  readonly validity: number;
}

/** A certificate authority. As Go's library does it, it bears its name as a DNS name too. */
export function authoritySpec(
  commonName: string,
  { keyAlgorithm, validity }: Lifetime,
): CertificateSpec {
  return {
    subject: { commonName },
    names: [commonName],
    keyAlgorithm,
    validity: goDuration(validity),
  };
}

/** A certificate for somebody; without names, a client's. */
export function certificateSpec(
  { commonName, organizations = [] }: Subject,
  names: readonly string[],
  usages: readonly Usage[],
  { keyAlgorithm, validity }: Lifetime,
): CertificateSpec {
  return {
    subject:
      organizations.length > 0 ? { commonName, organizations } : { commonName },
    ...(names.length > 0 && { names: [...new Set(names)] }),
    usages,
    keyAlgorithm,
    validity: goDuration(validity),
  };
}
