import { lines } from "../base/errors";

/** Errors about keys and certificates that a user put into the store. For these, a backup of the store is no help. */

export const encryptedKey = (path: string, what: string) =>
  lines(
    `${path}, the key of ${what}, cannot be used: it has a passphrase, and an apply asks for none.`,
    `Replace it with the same key without a passphrase: openssl pkey -in ${path} -out <new file>`,
  );

export const unusableSuppliedFile = (
  path: string,
  what: string,
  reason: string,
) =>
  lines(
    `${path}, which somebody put there as ${what}, cannot be used: ${reason}.`,
    "Replace it with the right file, in PEM form. To have a new one made instead, move it and the file that belongs to it out of the store.",
  );

export const unsupportedSuppliedKey = (
  path: string,
  what: string,
  kind: string,
) =>
  lines(
    `${path}, which somebody put there for ${what}, is a key of the kind ${kind}.`,
    "Allowed are RSA with at least 2048 bits, and ECDSA on P-256, P-384 or P-521 with a named curve.",
    "Replace it with a key of an allowed kind. To have a new one made instead, move it and the file that belongs to it out of the store.",
  );

export const missingSuppliedKey = (path: string, what: string) =>
  lines(
    `${path}, the key of ${what}, is missing, although the other file of the pair exists.`,
    "Put the key at this path, or restore it from a backup of the store. To have a new pair made instead, move the other file out of the store.",
    "If the key of a CA is kept elsewhere, give its certificate to CertificateAuthority.external.",
  );

export const suppliedWithOtherName = (
  path: string,
  what: string,
  found: string,
  commonName: string,
) =>
  lines(
    `${path}, which somebody put there as ${what}, has the name "${found}". The common name of a CA at this path has to be "${commonName}"; the other parts of its name do not matter.`,
    "To use this CA, move its certificate and its key out of the store and give them to CertificateAuthority.fromFiles, which accepts any name.",
    "To have a new CA made instead, move them out of the store.",
  );

export const notYetValid = (path: string, notBefore: string, now: string) =>
  lines(
    `${path} is not valid before ${notBefore}. The clock of this machine says ${now}.`,
    "Set the clock if it is wrong. Otherwise apply again after that time, or use a CA that is valid today. A CA that was made here is signed again with the same key, and is valid at once, if you set another lifetime for it (caCertificateValidity).",
  );

export const unusablePublicKeys = (
  path: string,
  reason: string,
  keyPath: string,
) =>
  lines(
    `${path} cannot be used: ${reason}.`,
    "Allowed are public keys (PUBLIC KEY) and certificates in PEM form, one after the other. `openssl pkey -in <key> -pubout` prints the public half of a key.",
    `If you only want the public half of ${keyPath}, delete ${path}: it will be made again.`,
  );
