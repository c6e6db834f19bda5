import type { KeyObject } from "node:crypto";
import type { KeyAlgorithmName } from "../../catalog/key-algorithms";
import type { CertificateSpec } from "../../render/specs";
import type { ParsedArtefact } from "../../store/artefacts";
import { chainFiles, readAuthority } from "./authority-files";
import {
  suppliedFileProblem,
  holdsKey,
  keyInsideProblem,
} from "../../pki/supplied";
import {
  bundlePem,
  parseCertificate,
  subjectText,
  type CertificateFacts,
} from "../../pki/certificates";
import { chainWarning, isSelfSigned } from "../../pki/chain";
import { distinguishedName, toDer } from "../../pki/der";
import { nameText } from "../../pki/distinguished-name";
import { milliseconds, rfc3339 } from "../../base/duration";
import { anotherKeyPair } from "./errors";
import { anotherAuthority } from "./errors";
import { brokenAuthority } from "./errors";
import { authorityOfAnother } from "./errors";
import { lostCertificate } from "./errors";
import { lostKey } from "./errors";
import {
  suppliedWithOtherName,
  encryptedKey,
  missingSuppliedKey,
  notYetValid,
  unsupportedSuppliedKey,
  unusableSuppliedFile,
} from "../../pki/errors-supplied";
import {
  generateKey,
  isEncrypted,
  isKubernetesKey,
  keyAlgorithm,
  keyFileProblem,
  NO_PRIVATE_KEY,
  privatePem,
  readPrivateKey,
} from "../../pki/keys";
import type { Made, Maker, BuildContext } from "./maker";
import { issueAuthority, renewAuthority } from "../../pki/x509";
import { fromYaml } from "../../base/yaml";
import { lifetimeFits } from "../../pki/verification";

/**
 * Made once. A key that was ever there is never replaced, only its certificate is: when it is lost, or when another
 * lifetime is asked for. With the same key and the same name all that was signed stays valid.
 */
export const makeAuthority: Maker = async (artefact, context) => {
  const spec = fromYaml(artefact.spec) as CertificateSpec;
  const { store, now } = context;
  const [certificatePath, keyPath] = artefact.files.map(({ path }) => path);
  const key = permanentKey(artefact, keyPath, spec.keyAlgorithm, context);
  const file = context.read(certificatePath);
  const stamp = store.stamp(artefact.path);
  if (key === undefined) {
    const fresh = await generateKey(spec.keyAlgorithm);
    const certificate = await issueAuthority(spec, fresh, now);
    return authority(certificate, privatePem(fresh), spec);
  }
  const { brought } = key;
  if (file === undefined) {
    // Its name could only be guessed, and another one would end the trust in all that it signed.
    if (stamp?.foreignName)
      throw lostCertificate(store.shown(certificatePath), artefact.purpose);
    const issued = await issueAuthority(spec, key.key, now);
    return { ...authority(issued, key.pem, spec), brought };
  }

  const chain = checkedChain(file, key.key, artefact, context);
  const [found] = chain;
  const { commonName } = spec.subject;
  // Whatever else is in its name stays: what it signs names it in the same bytes.
  if (found.subject.commonName !== commonName) {
    const shown = store.shown(certificatePath);
    const name = nameText(found.subjectDer);
    throw stamp
      ? anotherAuthority(shown, name, subjectText(spec.subject), store.shown())
      : suppliedWithOtherName(shown, artefact.purpose, name, commonName);
  }
  if (isAskedAnew(stamp, found, spec)) {
    if (!isSelfSigned(found))
      throw authorityOfAnother(
        store.shown(certificatePath),
        nameText(found.issuerDer),
      );
    const renewed = await renewAuthority(found, spec.validity, key.key, now);
    return {
      ...authority(renewed, key.pem, spec),
      brought,
      note: "signed anew with the same key",
    };
  }
  const kept = authority(bundlePem([found]), key.pem, spec);
  return {
    ...kept,
    brought,
    beside: chainFiles(certificatePath, chain),
    note: holdsKey(file)
      ? "the private key that was in it is left out"
      : (expiryNote(found, now) ?? chainWarning(chain, now)),
  };
};

/**
 * Whether the program asks for another lifetime than before. What was brought has the one that it has, whatever the
 * program says: only a change of what it says is a wish.
 */
function isAskedAnew(
  stamp: { readonly validity?: string } | undefined,
  found: CertificateFacts,
  spec: CertificateSpec,
): boolean {
  if (stamp === undefined) return false;
  // Stamps of earlier versions do not say what was asked for. What has our own name was made here.
  return stamp.validity === undefined
    ? !hasForeignName(found, spec) && !lifetimeFits(found, spec.validity)
    : milliseconds(stamp.validity) !== milliseconds(spec.validity);
}

/** Whether its name is not, to the byte, the one that it would get here. */
const hasForeignName = (
  { subjectDer }: CertificateFacts,
  { subject }: CertificateSpec,
): boolean => !subjectDer.equals(toDer(distinguishedName(subject)));

/** The key that is there; nothing where there never was one. One that was brought may be of another kind. */
export function permanentKey(
  { path, files, purpose }: ParsedArtefact,
  keyPath: string,
  wanted: KeyAlgorithmName,
  context: BuildContext,
): { key: KeyObject; pem: Buffer; brought: boolean } | undefined {
  const { store } = context;
  const stamp = store.stamp(path);
  const shown = store.shown(keyPath);
  const pem = context.read(keyPath);
  if (pem === undefined) {
    if (stamp) throw lostKey(shown, purpose, store.shown());
    if (files.some((file) => context.read(file.path)))
      throw missingSuppliedKey(shown, purpose);
    return undefined;
  }
  const key = readPrivateKey(pem);
  if (key === undefined) {
    if (isEncrypted(pem)) throw encryptedKey(shown, purpose);
    throw stamp
      ? brokenAuthority(shown, purpose, NO_PRIVATE_KEY, store.shown())
      : unusableSuppliedFile(shown, purpose, NO_PRIVATE_KEY);
  }
  const problem = keyFileProblem(pem);
  if (stamp === undefined && problem !== undefined)
    throw unusableSuppliedFile(shown, purpose, problem);
  const brought = stamp?.brought ?? stamp === undefined;
  const found = keyAlgorithm(key);
  if (found !== wanted) {
    if (!brought) throw anotherKeyPair(shown, found, wanted, store.shown());
    if (!isKubernetesKey(found))
      throw unsupportedSuppliedKey(shown, purpose, found);
  }
  return { key, pem, brought };
}

/** What is there, which somebody may have put there: the one that signs, then those above it. */
function checkedChain(
  file: Buffer,
  key: KeyObject,
  artefact: ParsedArtefact,
  context: BuildContext,
): readonly CertificateFacts[] {
  const { store, now } = context;
  const { chain } = readAuthority(artefact.path, artefact, context);
  const reason =
    suppliedFileProblem(file, chain, key) ?? keyInsideProblem(file, chain[0]);
  const shown = store.shown(artefact.path);
  // Without a stamp somebody has just put it there.
  if (reason !== undefined)
    throw store.stamp(artefact.path)
      ? brokenAuthority(shown, artefact.purpose, reason, store.shown())
      : unusableSuppliedFile(shown, artefact.purpose, reason);
  const [{ notBefore }] = chain;
  if (notBefore > now)
    throw notYetValid(shown, rfc3339(notBefore), rfc3339(now));
  return chain;
}

function authority(
  pem: string,
  key: string | Buffer,
  spec: CertificateSpec,
): Made {
  const certificate = parseCertificate(pem);
  return {
    contents: [pem, key],
    certificate,
    validity: spec.validity,
    ...(certificate &&
      hasForeignName(certificate, spec) && { foreignName: true }),
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
