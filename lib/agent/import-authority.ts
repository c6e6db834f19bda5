import type { FileReference, ImportedAuthoritySpec } from "../render/specs";
import { readFileLines, type Artefact } from "./artefacts";
import { parseCertificate } from "./certificates";
import { rfc3339 } from "./duration";
import {
  anotherImportedAuthority,
  unusableImport,
  type AgentError,
} from "./errors";
import { readPrivateKey } from "./keys";
import { expiryNote } from "./make-authority";
import type { Maker, Workshop } from "./maker";
import { readUserFile } from "./references";
import { stampPath } from "./store";
import { fromYaml } from "./yaml";
import { NO_CERTIFICATE } from "./verification";

/** Copies the files that the user brings, after a look at them. A file with another key is another authority. */
export const importAuthority: Maker = (artefact, workshop) => {
  const spec = fromYaml(artefact.spec) as ImportedAuthoritySpec;
  const bring = (file: FileReference): Buffer =>
    readUserFile(file, artefact.purpose);
  const pem = bring(spec.certificate);
  const found = parseCertificate(pem);
  const refuse = (file: FileReference, reason: string): AgentError =>
    unusableImport(file.file, artefact.purpose, reason);
  if (found === undefined) throw refuse(spec.certificate, NO_CERTIFICATE);
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
      workshop.store.shown(stampPath(artefact.path)),
      workshop.store.shown(),
    );
  }
  return {
    contents,
    certificate: found,
    note: expiryNote(found, workshop.now) ?? keyLeftNote(artefact, workshop),
  };
};

/** A key that went elsewhere is not ours to delete here. */
function keyLeftNote(
  artefact: Artefact,
  { store }: Workshop,
): string | undefined {
  const before = readFileLines(store.stamp(artefact.path)?.files ?? "").map(
    ({ path }) => path,
  );
  const left = before.find(
    (path) =>
      store.read(path) && artefact.files.every((file) => file.path !== path),
  );
  return (
    left &&
    `${left} stays in the store; delete it where it is kept elsewhere now`
  );
}
