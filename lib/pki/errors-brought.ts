import { type AgentError, lines } from "../base/errors";

/** Errors about what somebody put into the store: no backup has it as it should be. */

export function encryptedKey(path: string, what: string): AgentError {
  return lines(
    `${path}, of ${what}, cannot be used: it has a passphrase, and nobody is asked for one at apply.`,
    `Replace it by the same key without a passphrase: openssl pkey -in ${path} -out <new file>`,
  );
}

export function unusableBroughtFile(
  path: string,
  what: string,
  reason: string,
): AgentError {
  return lines(
    `${path}, which was put there as ${what}, cannot be used: ${reason}.`,
    "Put the right file in its place, in PEM form. To have a new one made instead, move it and the file that belongs to it out of the store.",
  );
}

export function unsupportedBroughtKey(
  path: string,
  what: string,
  kind: string,
): AgentError {
  return lines(
    `${path}, which was put there for ${what}, is a key of the kind ${kind}.`,
    "Allowed are RSA with at least 2048 bits, and ECDSA on P-256, P-384 or P-521 with a named curve.",
    "Put such a key in its place. To have a new one made instead, move it and the file that belongs to it out of the store.",
  );
}

export function missingBroughtKey(path: string, what: string): AgentError {
  return lines(
    `${path} is missing: the key of ${what}, whose other file is there.`,
    "Put the key beside it, or restore it from a backup of the store. To have a new one made instead, move the other file out of the store.",
    "If the key of an authority is kept elsewhere, give its certificate to CertificateAuthority.external.",
  );
}

export function broughtWithAnotherName(
  path: string,
  what: string,
  found: string,
  commonName: string,
): AgentError {
  return lines(
    `${path}, which was put there as ${what}, has the name "${found}". The common name of an authority that is put there has to be "${commonName}"; the other parts of its name may be any.`,
    "To use this one, move its certificate and its key out of the store and give them to CertificateAuthority.fromFiles, which takes any name.",
    "To have a new one made instead, move them out of the store.",
  );
}

export function notYetValid(
  path: string,
  notBefore: string,
  now: string,
): AgentError {
  return lines(
    `${path} is not valid before ${notBefore}. The clock of this machine says ${now}.`,
    "Set the clock if it is wrong. Otherwise apply again after that time, or use an authority that is valid today.",
  );
}

export function unusablePublicKeys(
  path: string,
  reason: string,
  keyPath: string,
): AgentError {
  return lines(
    `${path} cannot be used: ${reason}.`,
    "Allowed are public keys (PUBLIC KEY) and certificates in PEM form, one after the other. `openssl pkey -in <key> -pubout` prints the public half of a key.",
    `If only the public half of ${keyPath} is wanted, delete ${path}: it is made again.`,
  );
}
