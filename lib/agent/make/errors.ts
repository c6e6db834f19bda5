import type { AgentError } from "../../base/errors";
import { lines } from "../../base/errors";

const startOver = (store: string): string =>
  `To start over with a new one instead, on purpose: destroy this cluster, delete ${store}, deploy again. Nothing signed before will be trusted then.`;

export function missingInput(path: string, wantedBy: string): AgentError {
  return lines(
    `${path} is missing, which ${wantedBy} is made from.`,
    "Restore it from a backup of the store, or run `terraform plan`: what can be made again is planned again.",
  );
}

export function secretInObject(path: string, wantedBy: string): AgentError {
  return lines(
    `${path} may hold a secret, and ${wantedBy} would put it into an object of the cluster, where others can read it.`,
    "Allowed are files in PEM that hold nothing but certificates and public keys: move anything else out of that file.",
  );
}

/** A key that cannot be made again: without it the cluster cannot go on, and a new one would be another cluster. */
export function lostKey(path: string, what: string, store: string): AgentError {
  return lines(
    `${path} is missing: the key of ${what}, which was made before and is never made twice.`,
    `Restore it from a backup of ${store}.`,
    startOver(store),
  );
}

/** Of an authority that was brought: a certificate made here would have another name. */
export function lostCertificate(path: string, what: string): AgentError {
  return lines(
    `${path} is missing: the certificate of ${what}, which was not made here and cannot be made again.`,
    "Put it back: it is in a backup of the store, and on each node in its certificatesDir (/etc/kubernetes/pki).",
  );
}

/** Only who signed it can give it another lifetime. */
export function authorityOfAnother(path: string, issuer: string): AgentError {
  return lines(
    `${path} is signed by ${issuer}: it cannot be given another lifetime here.`,
    `Take the change of its lifetime back, and when it has to live longer, have it signed by ${issuer} with the same key and name, and put that certificate in its place.`,
  );
}

export function brokenAuthority(
  path: string,
  what: string,
  reason: string,
  store: string,
): AgentError {
  return lines(
    `${path}, of ${what}, cannot be used: ${reason}.`,
    `Restore both of its files from a backup of ${store}.`,
    startOver(store),
  );
}

export function anotherAuthority(
  path: string,
  what: string,
  change: string,
  store: string,
): AgentError {
  return lines(
    `${path} is ${what}; the program now asks for ${change}, which would be another authority, and all that was signed would no longer be trusted.`,
    "Take the change back to go on with the one that is there.",
    startOver(store),
  );
}

export function anotherImportedAuthority(
  path: string,
  given: string,
  stamp: string,
  store: string,
): AgentError {
  return lines(
    `${given} is not the authority that is in the store (${path}): its key is another one or its name is written in other bytes, and all that was signed would no longer be trusted.`,
    "Give the files of the one that is there to go on.",
    `If the change is meant, copy the new certificate and key over those in the store yourself, delete ${stamp}, and apply again.`,
    startOver(store),
  );
}

export function unusableImport(
  given: string,
  what: string,
  reason: string,
): AgentError {
  return lines(
    `${given}, given as ${what}, cannot be used: ${reason}.`,
    "Give the PEM certificate of a certificate authority that is valid today, and its own private key without a passphrase.",
  );
}

export function anotherKeyPair(
  path: string,
  found: string,
  wanted: string,
  store: string,
): AgentError {
  return lines(
    `${path} holds a key of the kind ${found}; the program now asks for ${wanted}. Another key would end the trust in everything that was signed with this one.`,
    "Take the change back to go on with the one that is there.",
    startOver(store),
  );
}

/** A certificate that somebody else put there is not ours to overwrite. */
export function foreignCertificate(path: string, reason: string): AgentError {
  return lines(
    `${path} was not made here and cannot be used: ${reason}.`,
    "Move it away to have a new one made, or bring the authority that signed it as the certificate authority's files.",
  );
}

export function unusableIssuer(path: string, reason: string): AgentError {
  return lines(
    `${path} cannot sign: ${reason}.`,
    "Restore the certificate authority's files from a backup of the store.",
  );
}

/** Nobody would accept what it signed. */
export function excludedByAuthority(
  authority: string,
  what: string,
  reason: string,
): AgentError {
  return lines(
    `${authority} cannot sign the ${what}: ${reason}.`,
    "Bring an authority without that limit, or one that a certificate of this cluster fits into.",
  );
}

export function expiredIssuer(path: string, at: string): AgentError {
  return lines(
    `${path} expired at ${at}: nothing can be signed by it.`,
    "Renew the certificate authority: raise caCertificateValidity, which signs it anew with the same key, or give its renewed certificate where it is imported.",
  );
}
