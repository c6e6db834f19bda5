import { chainPath } from "../../catalog/authorities";
import { readFileLines, type ParsedArtefact } from "../../store/artefacts";
import {
  bundlePem,
  parseCertificates,
  sameCertificate,
  type CertificateFacts,
} from "../../pki/certificates";
import type { Authority } from "../../pki/chain";
import type { BuildContext } from "./maker";
import type { StoredFile } from "../../store/store";

/**
 * The authority whose certificate is at a path of the store. That file says whom the cluster trusts, and begins with the
 * one that signs; those above it may be in a file beside it. Without certificates where the file has none.
 */
export function readAuthority(
  path: string,
  artefact: ParsedArtefact,
  context: BuildContext,
): Authority {
  const trusted = parseCertificates(context.need(path, artefact));
  const beside = chainPath(path);
  const known = readFileLines(context.store.stamp(path)?.files ?? "");
  // What was there when the authority was made must be there now: what is served would end too early.
  const content = known.some((file) => file.path === beside)
    ? context.need(beside, artefact)
    : context.read(beside);
  const chain = parseCertificates(content);
  const belongs =
    chain.length > trusted.length &&
    trusted.every((each, at) => sameCertificate(each, chain[at]));
  return { trusted, chain: belongs ? chain : trusted };
}

/** The file beside an authority's certificate; none where nobody else is known. */
export const chainFiles = (
  path: string,
  chain: readonly CertificateFacts[],
): StoredFile[] => {
  const content = Buffer.from(bundlePem(chain));
  return chain.length > 1
    ? [{ path: chainPath(path), content, mode: 0o644 }]
    : [];
};
