import type { Artefact, ArtefactFile } from "../../terraform/artefact";
import { type FileAccess, MODES, PRIVATE } from "../files";

/** The files of a CA, in `pki/` in the store or on a node. @internal */
export function authorityFiles(
  path: string,
  withKey: boolean,
  access: FileAccess = PRIVATE,
): ArtefactFile[] {
  const certificate = { path: `${path}.crt`, mode: MODES.public };
  return withKey
    ? [certificate, { path: `${path}.key`, ...access }]
    : [certificate];
}

/** The paths of the CA files that the artefact of a certificate needs. @internal */
export function issuerOf({ artefact }: { readonly artefact: Artefact }) {
  const [certificate, key] = artefact.files;
  return { certificate: certificate.path, ...(key && { key: key.path }) };
}
