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
  parseCertificates,
  subjectText,
  type CertificateFacts,
} from "../../pki/certificates";
import { chainWarning, isSelfSigned } from "../../pki/chain";
import { distinguishedName, toDer } from "../../pki/der";
import { nameText } from "../../pki/distinguished-name";
import { distance, milliseconds, rfc3339 } from "../../base/duration";
import {
  authorityChanged,
  authoritySignedElsewhere,
  brokenAuthority,
  keyAlgorithmChanged,
  lostCertificate,
  lostKey,
} from "./errors";
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
import { isLaterGeneration, ownCertificate, withPrevious } from "./generation";
import type { Made, Maker, BuildContext } from "./maker";
import { issueAuthority, renewAuthority } from "../../pki/x509";
import { fromYaml } from "../../base/yaml";
import { lifetimeFits } from "../../pki/verification";

/**
 * Makes a CA once. An existing key is never replaced. Its certificate is signed again, with the same key and name, if
 * it is lost or if the program asks for another lifetime; then everything that it signed stays valid.
 */
export const makeAuthority: Maker = async (artefact, context) => {
  const spec = fromYaml(artefact.spec) as CertificateSpec;
  const made = await makeGeneration(spec, artefact, context);
  return withPrevious(made, spec, artefact, context);
};

async function makeGeneration(
  spec: CertificateSpec,
  artefact: ParsedArtefact,
  context: BuildContext,
): Promise<Made> {
  const { store, now } = context;
  const [certificatePath, keyPath] = artefact.files.map(({ path }) => path);
  const key = permanentKey(artefact, keyPath, spec.keyAlgorithm, context);
  const file = ownCertificate(certificatePath, spec, context);
  const stamp = store.stamp(artefact.path);
  if (key === undefined) {
    const fresh = await generateKey(spec.keyAlgorithm);
    const certificate = await issueAuthority(spec, fresh, now);
    return authority(certificate, privatePem(fresh), spec);
  }
  const { brought } = key;
  if (file === undefined) {
    // Its name is not known here, and a certificate with another name would end the trust in everything that it signed.
    if (stamp?.foreignName)
      throw lostCertificate(store.shown(certificatePath), artefact.purpose);
    const issued = await issueAuthority(spec, key.key, now);
    return { ...authority(issued, key.pem, spec), brought };
  }

  const chain = checkedChain(file, key.key, spec, artefact, context);
  const [found] = chain;
  const { commonName } = spec.subject;
  // The rest of its name stays as it is, because the certificates that it signs repeat the name byte for byte.
  if (found.subject.commonName !== commonName) {
    const shown = store.shown(certificatePath);
    const name = nameText(found.subjectDer);
    throw stamp
      ? authorityChanged(shown, name, subjectText(spec.subject), store.shown())
      : suppliedWithOtherName(shown, artefact.purpose, name, commonName);
  }
  if (lifetimeChanged(stamp, found, spec)) {
    if (!isSelfSigned(found))
      throw authoritySignedElsewhere(
        store.shown(certificatePath),
        nameText(found.issuerDer),
      );
    const renewed = await renewAuthority(found, spec.validity, key.key, now);
    return {
      ...authority(renewed, key.pem, spec),
      brought,
      note: "signed again with the same key",
    };
  }
  if (found.notBefore > now)
    throw notYetValid(
      store.shown(certificatePath),
      rfc3339(found.notBefore),
      rfc3339(now),
    );
  const kept = authority(bundlePem([found]), key.pem, spec);
  return {
    ...kept,
    brought,
    extraFiles: chainFiles(certificatePath, chain),
    note: holdsKey(file)
      ? "the private key that was in the file is left out"
      : (expiryNote(found, now) ?? chainWarning(chain, now)),
  };
}

/**
 * Whether the program asks for another lifetime than before. A CA that the user brought has the lifetime that it has;
 * only a change in the program counts.
 */
function lifetimeChanged(
  stamp: { readonly validity?: string } | undefined,
  found: CertificateFacts,
  spec: CertificateSpec,
): boolean {
  if (stamp === undefined) return false;
  // Stamps of earlier versions lack the lifetime that was asked for. A certificate with our own name was made here.
  return stamp.validity === undefined
    ? !hasForeignName(found, spec) && !lifetimeFits(found, spec.validity)
    : milliseconds(stamp.validity) !== milliseconds(spec.validity);
}

/** Whether its name differs, in any byte, from the name that it would get here. */
const hasForeignName = (
  { subjectDer }: CertificateFacts,
  { subject }: CertificateSpec,
): boolean => !subjectDer.equals(toDer(distinguishedName(subject)));

/** The existing key; `undefined` if there never was one. A key that the user brought may be of another kind. */
export function permanentKey(
  { path, files, purpose, keepsKey }: ParsedArtefact,
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
  const found = keyAlgorithm(key);
  const isKept = keepsKey === true && found !== wanted;
  const brought = stamp === undefined || stamp.brought === true || isKept;
  if (found !== wanted) {
    if (!brought)
      throw keyAlgorithmChanged(shown, found, wanted, store.shown());
    if (!isKubernetesKey(found))
      throw unsupportedSuppliedKey(shown, purpose, found);
  }
  return { key, pem, brought };
}

/**
 * The chain in the store, checked because somebody may have put it there: the signing certificate, then those above it.
 */
function checkedChain(
  file: Buffer,
  key: KeyObject,
  spec: CertificateSpec,
  artefact: ParsedArtefact,
  context: BuildContext,
): readonly CertificateFacts[] {
  const { store } = context;
  const chain = isLaterGeneration(artefact.path, spec, context)
    ? parseCertificates(file)
    : readAuthority(artefact.path, artefact, context).chain;
  const reason =
    suppliedFileProblem(file, chain, key) ?? keyInsideProblem(file, chain[0]);
  const shown = store.shown(artefact.path);
  // Without a stamp, the file is not from an earlier apply: the user put it there.
  if (reason !== undefined)
    throw store.stamp(artefact.path)
      ? brokenAuthority(shown, artefact.purpose, reason, store.shown())
      : unusableSuppliedFile(shown, artefact.purpose, reason);
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

const WARNING_PERIOD = 90 * 86_400_000;

/** Only a warning: rotating a CA is a deliberate act. */
export function expiryNote(
  { notAfter }: CertificateFacts,
  now: Date,
): string | undefined {
  const when = `${rfc3339(notAfter)} (${distance(notAfter, now)})`;
  if (notAfter <= now) return `expired at ${when}`;
  return notAfter.getTime() - now.getTime() < WARNING_PERIOD
    ? `expires at ${when}: plan its replacement`
    : undefined;
}
