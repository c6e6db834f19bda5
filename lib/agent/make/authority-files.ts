import { chainPath, crossPath } from "../../catalog/authorities";
import { pathsIn, type ParsedArtefact } from "../../store/artefacts";
import {
  bundlePem,
  parseCertificate,
  parseCertificates,
  sameCertificate,
  type CertificateFacts,
} from "../../pki/certificates";
import { type Authority, isOfAuthority } from "../../pki/chain";
import type { BuildContext } from "./maker";
import type { StoredFile } from "../../store/store";

/**
 * Reads the CA whose certificate is at a path of the store. That file holds the certificates that the cluster trusts,
 * the signing one first; the certificates above it may be in a chain file beside it. The result has no certificates if
 * the file has none.
 */
export function readAuthority(
  path: string,
  artefact: ParsedArtefact,
  context: BuildContext,
): Authority {
  const trusted = parseCertificates(context.need(path, artefact));
  const chainFile = chainPath(path);
  const known = pathsIn(context.store.stamp(path)?.files ?? "");
  // A chain file that was made with the CA must still exist: without it, the chains that servers send would be
  // incomplete.
  const content = known.includes(chainFile)
    ? context.need(chainFile, artefact)
    : context.read(chainFile);
  const chain = parseCertificates(content);
  const belongs =
    chain.length > trusted.length &&
    trusted.every((each, at) => sameCertificate(each, chain[at]));
  const cross = parseCertificate(context.read(crossPath(path)));
  return {
    trusted,
    chain: belongs ? chain : trusted,
    ...(cross && trusted[0] && isOfAuthority(cross, trusted[0]) && { cross }),
  };
}

/** The chain file beside a CA's certificate; none if no certificate above the CA is known. */
export const chainFiles = (
  path: string,
  chain: readonly CertificateFacts[],
): StoredFile[] => {
  const content = Buffer.from(bundlePem(chain));
  return chain.length > 1
    ? [{ path: chainPath(path), content, mode: 0o644 }]
    : [];
};
