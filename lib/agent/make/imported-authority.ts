import { chainPath } from "../../catalog/authorities";
import type { FileReference, ImportedAuthoritySpec } from "../../render/specs";
import { pathsIn, type ParsedArtefact } from "../../store/artefacts";
import { chainFiles } from "./authority-files";
import { chainWarning, lifetimeProblem } from "../../pki/chain";
import { suppliedFileProblem, holdsKey } from "../../pki/supplied";
import {
  bundlePem,
  parseCertificate,
  parseCertificates,
} from "../../pki/certificates";
import { type AgentError } from "../../base/errors";
import { importedAuthorityChanged, unusableImport } from "./errors";
import {
  curveProblem,
  isEncrypted,
  keyFileProblem,
  NO_PRIVATE_KEY,
  readPrivateKey,
} from "../../pki/keys";
import { expiryNote } from "./authority";
import type { Maker, BuildContext } from "./maker";
import { readUserFile } from "./references";
import { stampPath } from "../../store/bookkeeping";
import { fromYaml } from "../../base/yaml";

/**
 * Checks and imports the certificates (encoded again) and the key from the user's files. A file with another key or
 * another name is refused, because it would be a different CA.
 */
export const importAuthority: Maker = (artefact, context) => {
  const spec = fromYaml(artefact.spec) as ImportedAuthoritySpec;
  const readGiven = (file: FileReference): Buffer =>
    readUserFile(file, artefact.purpose);
  const file = readGiven(spec.certificate);
  const chain = parseCertificates(file);
  const refuse = (file: FileReference, reason: string): AgentError =>
    unusableImport(file.file, artefact.purpose, reason);
  const [found] = chain;
  const reason =
    suppliedFileProblem(file, chain) ?? lifetimeProblem(found, context.now);
  if (reason !== undefined) throw refuse(spec.certificate, reason);
  const trusted = spec.trustChain ? chain : [found];
  const contents: (Buffer | string)[] = [bundlePem(trusted)];
  if (spec.key) {
    const keyPem = readGiven(spec.key);
    const key = readPrivateKey(keyPem);
    if (key === undefined)
      throw refuse(
        spec.key,
        isEncrypted(keyPem)
          ? "it has a passphrase, which cannot be entered at apply"
          : NO_PRIVATE_KEY,
      );
    const problem = keyFileProblem(keyPem) ?? curveProblem(key);
    if (problem !== undefined) throw refuse(spec.key, problem);
    if (!found.x509.checkPrivateKey(key))
      throw refuse(
        spec.key,
        chain.some(({ x509 }) => x509.checkPrivateKey(key))
          ? `it is the key of a certificate in ${spec.certificate.file} that is not the first: put that one first`
          : `it does not match ${spec.certificate.file}`,
      );
    contents.push(keyPem);
  }
  const present = parseCertificate(context.read(artefact.path));
  if (
    present &&
    !(
      present.x509.publicKey.equals(found.x509.publicKey) &&
      present.subjectDer.equals(found.subjectDer)
    )
  ) {
    throw importedAuthorityChanged(
      context.store.shown(artefact.path),
      spec.certificate.file,
      context.store.shown(stampPath(artefact.path)),
      context.store.shown(),
    );
  }
  const extraFiles = spec.trustChain ? [] : chainFiles(artefact.path, chain);
  return {
    contents,
    certificate: found,
    extraFiles,
    obsolete: extraFiles.length > 0 ? [] : [chainPath(artefact.path)],
    note:
      expiryNote(found, context.now) ??
      keyLeftNote(artefact, context) ??
      (holdsKey(file)
        ? `the private key in ${spec.certificate.file} is left out`
        : chainWarning(chain, context.now)),
  };
};

/** The library does not delete a key that is kept elsewhere from now on; the note says that it stays. */
function keyLeftNote(
  artefact: ParsedArtefact,
  { store }: BuildContext,
): string | undefined {
  const left = pathsIn(store.stamp(artefact.path)?.files ?? "").find(
    (path) =>
      path.endsWith(".key") &&
      store.read(path) &&
      artefact.files.every((file) => file.path !== path),
  );
  return (
    left && `${left} stays in the store; delete it if you keep it elsewhere now`
  );
}
