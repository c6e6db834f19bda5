import { lines } from "../../base/errors";

const startOver = (store: string): string =>
  `To start over with a new one, destroy everything in ${store}, delete it, and deploy again. Nothing that was signed before will be trusted then.`;

export const missingInput = (path: string, wantedBy: string) =>
  lines(
    `${path} is missing, but ${wantedBy} is made from it.`,
    "Restore it from a backup of the store, or run `terraform plan`: the plan shows what can be made again.",
  );

export const secretInObject = (path: string, wantedBy: string) =>
  lines(
    `${path} may hold a secret, and ${wantedBy} would put it into a cluster object, where others can read it.`,
    "Only PEM files that hold nothing but certificates and public keys are allowed: move anything else out of that file.",
  );

/** A key that cannot be made again: with a new one it would be a different cluster. */
export const lostKey = (path: string, what: string, store: string) =>
  lines(
    `${path} is missing: the key of ${what}, which was made before and is never made twice.`,
    `Restore it from a backup of ${store}.`,
    startOver(store),
  );

const RESTORE_KEY =
  "Restore it from a backup of the store, or from a backup of the cluster: `tar --extract --file FILE --directory STORE --strip-components 1 store/pki/encryption`.";

export const lostEncryptionKey = (path: string, what: string) =>
  lines(
    `${path} is missing: the ${what}, which was made before and is never made twice. What it encrypted cannot be read without it.`,
    RESTORE_KEY,
  );

/** Somebody exchanged or cut it, or it was restored from a broken copy. */
export const wrongKeyLength = (
  path: string,
  what: string,
  found: number,
  bytes: number,
) =>
  lines(
    `${path}, the ${what}, has ${found} bytes, and an encryption key has ${bytes}. What the right key encrypted cannot be read with it.`,
    RESTORE_KEY,
  );

/** For a CA that the user brought: a certificate made here would have another name. */
export const lostCertificate = (path: string, what: string) =>
  lines(
    `${path} is missing: the certificate of ${what}, which was not made here and cannot be made again.`,
    "Put it back: it is in a backup of the store, and on each node in its certificatesDir (/etc/kubernetes/pki).",
  );

/** Only its issuer can sign it with another lifetime. */
export const authoritySignedElsewhere = (path: string, issuer: string) =>
  lines(
    `${path} is signed by ${issuer}: it cannot be signed with another lifetime here.`,
    `Undo the change of its lifetime. If it has to live longer, have it signed again by ${issuer} with the same key and name, and replace the file with that certificate.`,
  );

export const brokenAuthority = (
  path: string,
  what: string,
  reason: string,
  store: string,
) =>
  lines(
    `${path}, of ${what}, cannot be used: ${reason}.`,
    `Restore both of its files from a backup of ${store}.`,
    startOver(store),
  );

export const authorityChanged = (
  path: string,
  what: string,
  change: string,
  store: string,
) =>
  lines(
    `${path} is ${what}; the program now asks for ${change}, which would be a different CA: nothing that was signed before would be trusted any more.`,
    "Undo the change to keep the present one.",
    startOver(store),
  );

export const importedAuthorityChanged = (
  path: string,
  given: string,
  stamp: string,
  store: string,
) =>
  lines(
    `${given} is not the CA that is in the store (${path}): its key is different, or its name is encoded in different bytes. Nothing that was signed before would be trusted any more.`,
    "To keep the present one, give its files.",
    `If you want the change, copy the new certificate and key over those in the store yourself, delete ${stamp}, and apply again.`,
    startOver(store),
  );

export const unusablePrevious = (path: string, what: string, reason: string) =>
  lines(
    `${path} is the generation before ${what}, and cannot sign its cross certificate: ${reason}.`,
    "Without a cross certificate, those who trust only the previous generation would refuse everything that the new one signs.",
    "Restore both files of the previous generation from a backup of the store, or undo the change of the generation.",
  );

export const unusableImport = (given: string, what: string, reason: string) =>
  lines(
    `${given}, given as ${what}, cannot be used: ${reason}.`,
    "Give the PEM certificate of a certificate authority that is valid today, and its own private key without a passphrase.",
  );

export const keyAlgorithmChanged = (
  path: string,
  found: string,
  wanted: string,
  store: string,
) =>
  lines(
    `${path} holds a key of the kind ${found}; the program now asks for ${wanted}. Another key would end the trust in everything that was signed with this one.`,
    "Undo the change to keep the present one.",
    startOver(store),
  );

/** A foreign certificate is never overwritten. */
export const foreignCertificate = (path: string, reason: string) =>
  lines(
    `${path} was not made here and cannot be used: ${reason}.`,
    "Move it away to have a new one made, or give the CA that signed it in the program.",
  );

export const unusableIssuer = (path: string, reason: string) =>
  lines(
    `${path} cannot sign: ${reason}.`,
    "Restore the certificate authority's files from a backup of the store.",
  );

/** Clients would reject what this CA signs. */
export const forbiddenByAuthority = (
  authority: string,
  what: string,
  reason: string,
) =>
  lines(
    `${authority} cannot sign the ${what}: ${reason}.`,
    "Give a CA without that constraint, or one whose constraints allow it.",
  );

export const expiredIssuer = (path: string, at: string) =>
  lines(
    `${path} expired at ${at}: it cannot sign anything any more.`,
    "Renew the CA: raise caCertificateValidity, which signs it again with the same key. If it is imported, give its renewed certificate.",
  );
