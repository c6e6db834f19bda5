import type { KeyObject } from "node:crypto";
import type { CertificateSpec } from "../render/specs";
import type { Artefact } from "./artefacts";
import { parseCertificate, type CertificateFacts } from "./certificates";
import { rfc3339 } from "./duration";
import {
  expiredIssuer,
  foreignCertificate,
  invalidRequest,
  unusableIssuer,
} from "./errors";
import { notYetValid } from "./errors-brought";
import {
  generateKey,
  isEncrypted,
  NO_PRIVATE_KEY,
  privatePem,
  readPrivateKey,
} from "./keys";
import { pendingPaths, waitForSignature } from "./pending";
import type { PendingSignature } from "./request";
import type { StoredFile } from "./store";
import { issueCertificate } from "./x509";
import type { Workshop } from "./maker";
import { damage, misfit, type Expectation } from "./verification";

export interface PairText {
  readonly certificate: Buffer | string;
  readonly key: Buffer | string;
}

/** A certificate and its key, and what goes with them. */
export interface Pair extends Partial<PairText> {
  readonly facts?: CertificateFacts;
  readonly beside?: readonly StoredFile[];
  readonly obsolete?: readonly string[];
  readonly pending?: PendingSignature;
  readonly note?: string;
}

interface IssuingAuthority {
  readonly facts: CertificateFacts;
  /** Absent where an authority elsewhere signs. */
  readonly key?: KeyObject;
}

/** Keeps the pair that is there where it is just what is wanted, else makes one or asks for a signature. */
export async function keepOrMakePair(
  artefact: Artefact,
  spec: CertificateSpec,
  present: Partial<PairText>,
  workshop: Workshop,
): Promise<Pair> {
  const issuer = readIssuer(artefact, workshop);
  const expected: Omit<Expectation, "key"> = {
    spec,
    issuer: issuer.facts,
    renewBefore: artefact.renewBefore,
    now: workshop.now,
    signedElsewhere: issuer.key === undefined,
  };
  const facts = parseCertificate(present.certificate);
  const presentKey = readPrivateKey(present.key);
  const reason = misfit(facts, { ...expected, key: presentKey });
  if (facts && reason === undefined) {
    const waited = Object.values(pendingPaths(artefact.path)).filter((path) =>
      workshop.read(path),
    );
    return { ...present, facts, obsolete: waited };
  }
  if (issuer.key === undefined)
    return waitForSignature(artefact, expected, present, workshop);

  refuseForeign(artefact, facts, issuer.facts, reason, workshop);
  if (issuer.facts.notAfter <= workshop.now) {
    throw expiredIssuer(
      workshop.store.shown(artefact.issuer?.certificate),
      rfc3339(issuer.facts.notAfter),
    );
  }
  if (issuer.facts.notBefore > workshop.now) {
    throw notYetValid(
      workshop.store.shown(artefact.issuer?.certificate),
      rfc3339(issuer.facts.notBefore),
      rfc3339(workshop.now),
    );
  }
  const key = await generateKey(spec.keyAlgorithm);
  const certificate = await issueCertificate(
    spec,
    key,
    { certificate: issuer.facts.x509, key: issuer.key },
    workshop.now,
  );
  const damaged =
    present.certificate !== undefined &&
    workshop.store.stamp(artefact.path) !== undefined
      ? damage(facts, { key: presentKey, issuer: issuer.facts })
      : undefined;
  return {
    certificate,
    key: privatePem(key),
    facts: parseCertificate(certificate),
    ...(damaged && { note: `made anew: ${damaged}` }),
  };
}

/** Overwriting what somebody else signed and put there would lose it; what we made has a stamp, or our signature. */
function refuseForeign(
  artefact: Artefact,
  present: CertificateFacts | undefined,
  issuer: CertificateFacts,
  reason: string | undefined,
  { store }: Workshop,
): void {
  if (present === undefined || present.x509.verify(issuer.x509.publicKey))
    return;
  if (store.stamp(artefact.path) === undefined)
    throw foreignCertificate(store.shown(artefact.path), String(reason));
}

function readIssuer(artefact: Artefact, workshop: Workshop): IssuingAuthority {
  const { issuer } = artefact;
  if (issuer === undefined)
    throw invalidRequest(`${artefact.purpose} has no issuer`);
  const shown = workshop.store.shown(issuer.certificate);
  const facts = parseCertificate(workshop.need(issuer.certificate, artefact));
  if (facts === undefined)
    throw unusableIssuer(shown, "it is no certificate in PEM form");
  if (!facts.isAuthority)
    throw unusableIssuer(shown, "it is not the certificate of an authority");
  if (issuer.key === undefined) return { facts };

  const keyPem = workshop.need(issuer.key, artefact);
  const key = readPrivateKey(keyPem);
  if (key === undefined)
    throw unusableIssuer(
      workshop.store.shown(issuer.key),
      isEncrypted(keyPem) ? "it has a passphrase" : NO_PRIVATE_KEY,
    );
  if (!facts.x509.checkPrivateKey(key))
    throw unusableIssuer(
      shown,
      `${workshop.store.shown(issuer.key)} does not fit it`,
    );
  return { facts, key };
}
