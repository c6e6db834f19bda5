import { REQUEST_LENGTH } from "../request/environment";
import { shownBytes } from "./limits";
import { visible, visibleLines } from "./visible";

/** An error that a user can meet: its message is all that is shown. One factory for each below. */
export class AgentError extends Error {
  constructor(message: string) {
    super(visible(message));
  }
}

/** One to a part: a value in it that has line breaks begins no line of its own. */
export const lines = (...parts: readonly string[]): AgentError =>
  new AgentError(visibleLines(parts));

/** Of what would be done by root in a place that others can change. */
export const notRootsToWrite = (path: string, problem: string): AgentError =>
  lines(
    `${path} was left as it is: ${problem}.`,
    "Root writes nothing where somebody else could lead it. Apply as the user whose file it is, without sudo, or give root a folder of its own, and apply again.",
  );

export function noRequest(): AgentError {
  return lines(
    "There is no request in the environment: this program is started by Terraform, never by hand.",
    "Run `npm run deploy` or `cdktf deploy` instead.",
  );
}

/** @param lengths Of the longest texts, in characters, by their names. */
export function requestTooLong(
  lengths: Readonly<Record<string, number>>,
): AgentError {
  const longest = Object.entries(lengths)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 5)
    .map(([name, length]) => `${name} (${Math.ceil(length / 1024)} KiB)`);
  return lines(
    `What Terraform was to hand over is too long: compressed and in base64, more than ${shownBytes(REQUEST_LENGTH)}, because operating systems limit what a process is started with.`,
    ...(longest.length > 0
      ? [
          `Its longest texts are ${longest.join(", ")}.`,
          "Write a long text to a file and give its path, as `file` of manifests or as `source` of a node's file: then only the path and a hash are handed over.",
        ]
      : ["Divide its nodes into several worker pools."]),
  );
}

export function invalidRequest(what: string): AgentError {
  return lines(
    `The request cannot be read: ${what}.`,
    "The program that synthesized it and this agent are of different versions: run `cdktf synth` again.",
  );
}

export function invalidPath(path: string): AgentError {
  return invalidRequest(
    `${JSON.stringify(path)} is not a path inside the store`,
  );
}

export function invalidDuration(given: string): AgentError {
  return lines(
    `${JSON.stringify(given)} is not a duration.`,
    "Write it as Go does: 8760h, 90m, 1h30m0s.",
  );
}

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

export function cyclicArtefacts(files: readonly string[]): AgentError {
  return invalidRequest(`these are made from each other: ${files.join(", ")}`);
}

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

export function unreadableUserFile(
  path: string,
  wantedBy: string,
  reason: string,
): AgentError {
  return lines(
    `${path}, given for ${wantedBy}, cannot be read: ${reason}.`,
    "Give the path of a file that this user may read.",
  );
}

export function changedUserFile(path: string, wantedBy: string): AgentError {
  return lines(
    `${path}, given for ${wantedBy}, changed after the plan was made.`,
    "Apply again: the new plan shows what follows from the change.",
  );
}

export function unwritableStore(path: string, code: string): AgentError {
  return lines(
    `${path} cannot be written (${code}).`,
    "The store must belong to the user who runs Terraform: check the owner of the folder and whether its disk is mounted read-only.",
    "Nothing that was there is changed.",
  );
}

export function unusableFile(
  path: string,
  action: string,
  code: string,
): AgentError {
  return lines(
    `${path} cannot be used: ${action} failed (${code}).`,
    "See what is there, whom it belongs to, and whether this user may use it; then run this again.",
  );
}

export function fullDisk(path: string, code: string): AgentError {
  return lines(
    `No space is left for ${path} (${code}).`,
    "Make room on that disk and apply again. Nothing that was there is changed.",
  );
}

export function terraformEnded(): AgentError {
  return lines(
    "Terraform ended before this began, so nothing was done.",
    "Apply again.",
  );
}

export function storeIsLocked(
  store: string,
  holder: string,
  waited: string,
): AgentError {
  return lines(
    `${store} is in use by ${holder}; waited for ${waited}.`,
    "Apply again when that run has ended.",
  );
}

export function storeIsLockedElsewhere(
  store: string,
  holder: string,
  waited: string,
): AgentError {
  return lines(
    `${store} is in use by ${holder}, on a machine that cannot be seen from here; waited for ${waited}.`,
    `If nothing runs there any more, delete ${store}/.lock and apply again.`,
  );
}

const startOver = (store: string): string =>
  `To start over with a new one instead, on purpose: destroy this cluster, delete ${store}, deploy again. Nothing signed before will be trusted then.`;

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

export interface WaitingCertificate {
  readonly purpose: string;
  readonly request: string;
  readonly certificate: string;
  /** Why the certificate that was handed in is not the one. */
  readonly reason?: string;
}

export function waitingForSignatures(
  waiting: readonly WaitingCertificate[],
): AgentError {
  const count =
    waiting.length === 1
      ? "1 certificate waits"
      : `${waiting.length} certificates wait`;
  return lines(
    `${count} for a signature by an authority whose key is not in the store. Sign each request, put the certificate where it says, apply again:`,
    ...waiting.flatMap(({ purpose, request, certificate, reason }) => [
      `  ${purpose}`,
      `    sign  ${request}`,
      `    put   ${certificate}`,
      ...(reason === undefined
        ? []
        : [`    the one that is there cannot be used: ${reason}`]),
    ]),
  );
}
