import type { Subject, Usage } from "../catalog/certificates";
import type { KeyAlgorithmName } from "../catalog/key-algorithms";
import { goDuration } from "../catalog/go-duration";
import type { CertificateSpec } from "./specs";

/** The key algorithm and the lifetime of a certificate. */
export interface Lifetime {
  readonly keyAlgorithm: KeyAlgorithmName;
  /** Hours. */
  readonly validity: number;
}

/** The spec of a CA. Its name is also a DNS name of the certificate, as Go's library does it. */
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

/** The spec of a leaf certificate. A client certificate has no names. */
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
