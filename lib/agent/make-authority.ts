import type { KeyObject } from "node:crypto";
import type { KeyAlgorithmName } from "../catalog/key-algorithms";
import type { CertificateSpec } from "../render/specs";
import type { Artefact } from "./artefacts";
import {
  parseCertificate,
  subjectText,
  type CertificateFacts,
} from "./certificates";
import { canonicalName, isAlternativeName } from "./der";
import { rfc3339 } from "./duration";
import {
  anotherAuthority,
  anotherKeyPair,
  brokenAuthority,
  lostKey,
} from "./errors";
import {
  broughtWithAnotherName,
  encryptedKey,
  missingBroughtKey,
  notYetValid,
  unsupportedBroughtKey,
  unusableBroughtFile,
} from "./errors-brought";
import {
  generateKey,
  isEncrypted,
  isKubernetesKey,
  keyAlgorithm,
  NO_PRIVATE_KEY,
  privatePem,
  readPrivateKey,
} from "./keys";
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
  const { brought } = key;
  if (pem === undefined) {
    const issued = await issueAuthority(spec, key.key, workshop.now);
    return { ...authority(issued, key.pem), brought };
  }

  const found = checkedAuthority(pem, key.key, artefact, workshop);
  if (subjectText(found.subject) !== subjectText(spec.subject)) {
    const names = [found, spec].map(({ subject }) => subjectText(subject));
    const shown = workshop.store.shown(certificatePath);
    throw workshop.store.stamp(artefact.path)
      ? anotherAuthority(shown, names[0], names[1], workshop.store.shown())
      : broughtWithAnotherName(shown, artefact.purpose, names[0], names[1]);
  }
  const changed =
    listProblem(
      "name",
      found.names.filter(isAlternativeName),
      (spec.names ?? []).filter(isAlternativeName).map(canonicalName),
      false,
    ) !== undefined || !lifetimeFits(found, spec.validity);
  // Without a stamp it was brought or restored, and its lifetime is as it is.
  if (changed && workshop.store.stamp(artefact.path)) {
    const renewed = authority(
      await issueAuthority(spec, key.key, workshop.now),
      key.pem,
    );
    return { ...renewed, brought, note: "signed anew with the same key" };
  }
  return {
    contents: [pem, key.pem],
    certificate: found,
    brought,
    note: expiryNote(found, workshop.now),
  };
};

/** The key that is there; nothing where there never was one. One that was brought may be of another kind. */
export function permanentKey(
  { path, files, purpose }: Artefact,
  keyPath: string,
  wanted: KeyAlgorithmName,
  workshop: Workshop,
): { key: KeyObject; pem: Buffer; brought: boolean } | undefined {
  const { store } = workshop;
  const stamp = store.stamp(path);
  const shown = store.shown(keyPath);
  const pem = workshop.read(keyPath);
  if (pem === undefined) {
    if (stamp) throw lostKey(shown, purpose, store.shown());
    if (files.some((file) => workshop.read(file.path)))
      throw missingBroughtKey(shown, purpose);
    return undefined;
  }
  const key = readPrivateKey(pem);
  if (key === undefined) {
    if (isEncrypted(pem)) throw encryptedKey(shown, purpose);
    throw stamp
      ? brokenAuthority(shown, purpose, NO_PRIVATE_KEY, store.shown())
      : unusableBroughtFile(shown, purpose, NO_PRIVATE_KEY);
  }
  const brought = stamp?.brought ?? stamp === undefined;
  const found = keyAlgorithm(key);
  if (found !== wanted) {
    if (!brought) throw anotherKeyPair(shown, found, wanted, store.shown());
    if (!isKubernetesKey(found))
      throw unsupportedBroughtKey(shown, purpose, found);
  }
  return { key, pem, brought };
}

function checkedAuthority(
  pem: Buffer,
  key: KeyObject,
  artefact: Artefact,
  { store, now }: Workshop,
): CertificateFacts {
  const shown = store.shown(artefact.path);
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
    throw store.stamp(artefact.path)
      ? brokenAuthority(shown, artefact.purpose, String(reason), store.shown())
      : unusableBroughtFile(shown, artefact.purpose, String(reason));
  }
  if (found.notBefore > now) {
    throw notYetValid(shown, rfc3339(found.notBefore), rfc3339(now));
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
