import { error } from "../errors";

/** Errors about how long certificates are valid, and when they are renewed. */

export const validityBeyondAuthority = (given: string, authority: string) =>
  error(
    `A certificate that is valid for ${given} would outlive its CA, which is valid for ${authority}.`,
    "Allowed is at most the validity of the CA.",
    "Shorten the validity of the certificate, or lengthen that of the CA.",
  );

export const validityTooShort = (given: string, least: string) =>
  error(
    `A certificate cannot be valid for only ${given}.`,
    `Allowed is at least ${least}.`,
    "Write Duration.days(365), for example.",
  );

export const validityTooLong = (given: string, most: string) =>
  error(
    `A certificate cannot be valid for ${given}.`,
    `Allowed is at most ${most}, the longest duration in Go.`,
    "Write Duration.days(3650), for example.",
  );

export const renewalTooEarly = (given: string, validity: string) =>
  error(
    `renewBefore is ${given}, and what it renews is valid for ${validity}.`,
    "Allowed is less than the validity: otherwise each apply makes it anew.",
    "Shorten renewBefore.",
  );
