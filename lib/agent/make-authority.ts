import type { KeyObject } from "node:crypto";
import type { KeyAlgorithmName } from "../catalog/key-algorithms";
import type { CertificateSpec } from "../render/specs";
import type { Artefact } from "./artefacts";
import {
  parseCertificate,
  subjectText,
  type CertificateFacts,
} from "./certificates";
import { canonicalName } from "./der";
import { rfc3339 } from "./duration";
import {
  anotherAuthority,
  anotherKeyPair,
  brokenAuthority,
  lostKey,
} from "./errors";
import { generateKey, keyAlgorithm, privatePem, readPrivateKey } from "./keys";
import type { Made, Maker, Workshop } from "./maker";
import { issueAuthority } from "./x509";
import { fromYaml } from "./yaml";
import { lifetimeFits, listProblem, NO_CERTIFICATE } from "./verification";

/**
 * Made once. A key that was ever there is never replaced, only its certificate is: when it is lost, or when names
 * or lifetime were changed; with the same key and subject all that was signed stays valid.
 */
export const makeAuthority: Maker = async (artefact, workshop) => {
  const spec = fromYaml(artefact.spec) as CertificateSpec;
  const [certificatePath, keyPath] = artefact.files.map(({ path }) => path);
  const key = permanentKey(artefact, keyPath, spec.keyAlgorithm, workshop);
  const pem = workshop.read(certificatePath);
  if (key === undefined) {
    const fresh = await generateKey(spec.keyAlgorithm);
    return authority(
      await issueAuthority(spec, fresh, workshop.now),
      privatePem(fresh),
    );
  }
  if (pem === undefined)
    return authority(
      await issueAuthority(spec, key.key, workshop.now),
      key.pem,
    );

  const found = checkedAuthority(pem, key.key, artefact, workshop);
  if (subjectText(found.subject) !== subjectText(spec.subject)) {
    throw anotherAuthority(
      workshop.store.shown(certificatePath),
      subjectText(found.subject),
      subjectText(spec.subject),
      workshop.store.shown(),
    );
  }
  const changed =
    listProblem(
      "name",
      found.names,
      (spec.names ?? []).map(canonicalName),
      false,
    ) !== undefined || !lifetimeFits(found, spec.validity);
  // Without a stamp it was brought or restored, and its lifetime is as it is.
  if (changed && workshop.store.stamp(artefact.path)) {
    const renewed = authority(
      await issueAuthority(spec, key.key, workshop.now),
      key.pem,
    );
    return { ...renewed, note: "signed anew with the same key" };
  }
  return {
    contents: [pem, key.pem],
    certificate: found,
    note: expiryNote(found, workshop.now),
  };
};

/** The key that is there; nothing where there never was one. */
export function permanentKey(
  artefact: Artefact,
  keyPath: string,
  wanted: KeyAlgorithmName,
  workshop: Workshop,
): { key: KeyObject; pem: Buffer } | undefined {
  const { store } = workshop;
  const pem = workshop.read(keyPath);
  if (pem === undefined) {
    const madeBefore =
      store.stamp(artefact.path) ||
      artefact.files.some(({ path }) => workshop.read(path));
    if (madeBefore)
      throw lostKey(store.shown(keyPath), artefact.purpose, store.shown());
    return undefined;
  }
  const key = readPrivateKey(pem);
  if (key === undefined) {
    throw brokenAuthority(
      store.shown(keyPath),
      artefact.purpose,
      "it is no private key in PEM form",
      store.shown(),
    );
  }
  if (keyAlgorithm(key) !== wanted) {
    throw anotherKeyPair(
      store.shown(keyPath),
      keyAlgorithm(key),
      wanted,
      store.shown(),
    );
  }
  return { key, pem };
}

function checkedAuthority(
  pem: Buffer,
  key: KeyObject,
  artefact: Artefact,
  { store }: Workshop,
): CertificateFacts {
  const found = parseCertificate(pem);
  const reason =
    found === undefined
      ? NO_CERTIFICATE
      : !found.x509.checkPrivateKey(key)
        ? "its key does not fit"
        : !found.isAuthority
          ? "it is not the certificate of an authority"
          : undefined;
  if (found === undefined || reason !== undefined) {
    throw brokenAuthority(
      store.shown(artefact.path),
      artefact.purpose,
      String(reason),
      store.shown(),
    );
  }
  return found;
}

function authority(certificate: string, key: string | Buffer): Made {
  return {
    contents: [certificate, key],
    certificate: parseCertificate(certificate),
  };
}

const NEAR_THE_END = 90 * 86_400_000;

/** A warning only: the rotation of an authority is a deliberate act. */
export function expiryNote(
  { notAfter }: CertificateFacts,
  now: Date,
): string | undefined {
  if (notAfter <= now) return `expired at ${rfc3339(notAfter)}`;
  return notAfter.getTime() - now.getTime() < NEAR_THE_END
    ? `ends at ${rfc3339(notAfter)}`
    : undefined;
}
