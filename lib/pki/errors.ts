import { lines } from "../base/errors";

export const invalidName = (given: string, subject: string) =>
  lines(
    `${JSON.stringify(given)} cannot be a name in the certificate of ${subject}.`,
    "Allowed are DNS names in ASCII (write an international name in its xn-- form), optionally with a leading *., and IP addresses without a zone.",
  );

export const invalidSubject = (given: string) =>
  lines(
    `${JSON.stringify(given)} cannot be a common name or an organization in a certificate.`,
    "Allowed is any text that is not empty, contains no control characters, and neither begins nor ends with a space.",
  );

export const unsupportedKey = (where: string, kind: string) =>
  lines(
    `${where} has a key of the kind ${kind}, with which the agent cannot sign.`,
    "Allowed are RSA, ECDSA on P-256, P-384 or P-521, and Ed25519.",
  );
