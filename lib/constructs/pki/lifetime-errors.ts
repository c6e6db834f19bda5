import { error } from "../errors";

/** Errors about how long certificates are valid, and when they are renewed. */

export const validityBeyondAuthority = (
  what: string,
  given: string,
  authority: string,
) =>
  error(
    `${what} is ${given}, so the certificate would outlive its CA, which is valid for ${authority}.`,
    "Allowed is at most the validity of the CA.",
    "Shorten the validity of the certificate, or lengthen that of the CA.",
  );

export const renewalTooEarly = (
  given: string,
  what: string,
  validity: string,
) =>
  error(
    `renewBefore is ${given}, and the ${what} is valid for ${validity}.`,
    "Allowed is less than the validity.",
    "Shorten renewBefore, or remove it: the default is a third of the validity.",
  );
