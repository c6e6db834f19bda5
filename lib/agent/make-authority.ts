import type { KeyObject } from "node:crypto";

import type { KeyAlgorithmName } from "../catalog/key-algorithms";
import type {
  CertificateSpec,
  FileReference,
  ImportedAuthoritySpec,
  KeyPairSpec,
} from "../render/specs";
import type { Artefact } from "./artefacts";
import {
  lifetimeFits,
  listProblem,
  parseCertificate,
  subjectText,
  type CertificateFacts,
} from "./certificates";
import { rfc3339 } from "./duration";
import {
  anotherAuthority,
  anotherImportedAuthority,
  anotherKeyPair,
  brokenAuthority,
  lostKey,
  unusableImport,
} from "./errors";
import {
  generateKey,
  keyAlgorithm,
  privatePem,
  publicPem,
  readPrivateKey,
} from "./keys";
import { readUserFile } from "./references";
import { issueAuthority } from "./x509";
import { fromYaml } from "./yaml";
import type { Made, Maker, Workshop } from "./maker";

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
    listProblem("name", found.names, spec.names ?? [], false) !== undefined ||
    !lifetimeFits(found, spec.validity);
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
function permanentKey(
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
      ? "it is no certificate in PEM form"
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
function expiryNote(
  { notAfter }: CertificateFacts,
  now: Date,
): string | undefined {
  if (notAfter <= now) return `expired at ${rfc3339(notAfter)}`;
  return notAfter.getTime() - now.getTime() < NEAR_THE_END
    ? `ends at ${rfc3339(notAfter)}`
    : undefined;
}

/** Copies the files that the user brings, after a look at them. A file with another key is another authority. */
export const importAuthority: Maker = (artefact, workshop) => {
  const spec = fromYaml(artefact.spec) as ImportedAuthoritySpec;
  const bring = (file: FileReference): Buffer =>
    readUserFile(file, artefact.purpose);
  const pem = bring(spec.certificate);
  const found = parseCertificate(pem);
  const refuse = (file: FileReference, reason: string) =>
    unusableImport(file.file, artefact.purpose, reason);
  if (found === undefined)
    throw refuse(spec.certificate, "it is no certificate in PEM form");
  if (!found.isAuthority)
    throw refuse(spec.certificate, "it is not the certificate of an authority");
  if (found.notAfter <= workshop.now)
    throw refuse(spec.certificate, `it expired at ${rfc3339(found.notAfter)}`);
  if (found.notBefore > workshop.now) {
    throw refuse(
      spec.certificate,
      `it is not valid before ${rfc3339(found.notBefore)}`,
    );
  }
  const contents = [pem];
  if (spec.key) {
    const keyPem = bring(spec.key);
    const key = readPrivateKey(keyPem);
    if (key === undefined)
      throw refuse(
        spec.key,
        "it is no private key in PEM form without a passphrase",
      );
    if (!found.x509.checkPrivateKey(key))
      throw refuse(spec.key, `it does not fit ${spec.certificate.file}`);
    contents.push(keyPem);
  }
  const present = parseCertificate(workshop.read(artefact.path));
  if (present && !present.x509.publicKey.equals(found.x509.publicKey)) {
    throw anotherImportedAuthority(
      workshop.store.shown(artefact.path),
      spec.certificate.file,
      workshop.store.shown(),
    );
  }
  return {
    contents,
    certificate: found,
    note: expiryNote(found, workshop.now),
  };
};

/** The service account pair: the public half follows from the private one. */
export const makeKeyPair: Maker = async (artefact, workshop) => {
  const spec = fromYaml(artefact.spec) as KeyPairSpec;
  const present = permanentKey(
    artefact,
    artefact.path,
    spec.keyAlgorithm,
    workshop,
  );
  const key = present?.key ?? (await generateKey(spec.keyAlgorithm));
  const pair = [present?.pem ?? privatePem(key), publicPem(key)];
  return { contents: pair.slice(0, artefact.files.length) };
};
