import type { Construct } from "constructs";
import { chainPath } from "../../catalog/authorities";
import { Anchor } from "../../terraform/anchor";
import type { ArtefactFile } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import { ExpiryWarning } from "../../terraform/expiry-warning";
import type { Store } from "../../terraform/store";
import { type FileAccess, MODES, PRIVATE } from "../files";
import type { ICertificateAuthority } from "./authority";

/**
 * Adds the anchors. The key of an imported CA may change when the program names other files; the key of a CA made here
 * may not.
 */
export function anchor(
  authority: ICertificateAuthority,
  purpose: string,
): readonly Anchor[] {
  const { artefact } = authority;
  const [certificate] = artefact.files;
  return artefact.files.map((file) => {
    const isCertificate = file === certificate;
    return new Anchor(
      authority,
      isCertificate ? "certificate-anchor" : "key-anchor",
      {
        artefact,
        what: `the ${purpose}`,
        file,
        changesWithSpec: isCertificate || !artefact.isIrreplaceable,
      },
    );
  });
}

/** Warns a year before the CA expires, because the certificates that it signs usually live that long. */
export function warnBeforeExpiry(
  authority: ICertificateAuthority,
  purpose: string,
): void {
  const { artefact } = authority;
  new ExpiryWarning(authority, "expiry", {
    artefact,
    what: `The ${purpose}`,
    before: "8760h",
  });
}

export function authorityBatch(
  scope: Construct,
  store: Store,
  path: string,
): Batch {
  // An imported CA may come with the CAs above it, which are stored in this file.
  store.reserve(chainPath(`${path}.crt`), scope);
  return new Batch(scope, "batch", {
    store,
    name: path,
    title: path,
    tornDown: false,
  });
}

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
