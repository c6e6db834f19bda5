import type { AgentError } from "../base/errors";
import { lines } from "../base/errors";

export function invalidName(given: string, subject: string): AgentError {
  return lines(
    `${JSON.stringify(given)} cannot be a name of the certificate of ${subject}.`,
    "Allowed are DNS names in ASCII (write an international name in its xn-- form), also with *. before them, and IP addresses without a zone.",
  );
}

export function invalidSubject(given: string): AgentError {
  return lines(
    `${JSON.stringify(given)} cannot be a common name or an organization of a certificate.`,
    "Allowed is one character and more, no control characters, and no space at an end.",
  );
}

export function unsupportedKey(where: string, kind: string): AgentError {
  return lines(
    `${where} holds a key of the kind ${kind}, which cannot sign here.`,
    "Allowed are RSA, ECDSA on P-256, P-384 or P-521, and Ed25519.",
  );
}
