import { crossPath } from "../../catalog/authorities";
import { authorityProblem, pathLength } from "../../pki/authority-problem";
import {
  bundlePem,
  type CertificateFacts,
  parseCertificate,
} from "../../pki/certificates";
import { isOfAuthority, isSignedBy, lifetimeProblem } from "../../pki/chain";
import { readPrivateKey } from "../../pki/keys";
import { crossSign, type Issuer } from "../../pki/x509";
import type { CertificateSpec } from "../../render/specs";
import type { ParsedArtefact } from "../../store/artefacts";
import { readAuthority } from "./authority-files";
import { unusablePrevious } from "./errors";
import type { BuildContext, Made } from "./maker";

/** Whether a CA has a previous generation, whose certificates may stand behind its own. */
export const isLaterGeneration = (
  path: string,
  { previous }: CertificateSpec,
  context: BuildContext,
): boolean => previous !== undefined || crossOf(path, context) !== undefined;

/**
 * The file of a CA, without the certificates of its previous generation, which stand behind the CA's own. `undefined` if
 * there is none.
 */
export function ownCertificate(
  path: string,
  spec: CertificateSpec,
  context: BuildContext,
): Buffer | undefined {
  const file = context.read(path);
  const found = isLaterGeneration(path, spec, context)
    ? parseCertificate(file)
    : undefined;
  return found ? Buffer.from(bundlePem([found])) : file;
}

/**
 * Adds what a later generation of a CA has: the certificates of the previous one, while these are trusted, and the cross
 * certificate. That stays for good: those who trust only the previous generation verify servers with it.
 */
export async function withPrevious(
  made: Made,
  { previous }: CertificateSpec,
  artefact: ParsedArtefact,
  context: BuildContext,
): Promise<Made> {
  const { certificate: own } = made;
  if (!own) return made;
  const found = crossOf(artefact.path, context);
  const present = found && isOfAuthority(found, own) ? found : undefined;
  if (!previous) return withCross(made, artefact, present);
  const { trusted } = readAuthority(previous.certificate, artefact, context);
  const signer = signerOf(previous, trusted, artefact, context);
  const isKept =
    present &&
    isSignedBy(present, trusted[0]) &&
    lifetimeProblem(present, context.now) === undefined;
  const cross = isKept
    ? present
    : parseCertificate(await crossSign(own, signer, context.now));
  const [, key] = made.contents;
  return withCross(
    { ...made, contents: [bundlePem([own, ...trusted]), key] },
    artefact,
    cross,
  );
}

const crossOf = (
  path: string,
  context: BuildContext,
): CertificateFacts | undefined =>
  parseCertificate(context.read(crossPath(path)));

const withCross = (
  made: Made,
  { path }: ParsedArtefact,
  cross: CertificateFacts | undefined,
): Made =>
  cross
    ? {
        ...made,
        extraFiles: [
          ...(made.extraFiles ?? []),
          {
            path: crossPath(path),
            content: Buffer.from(bundlePem([cross])),
            mode: 0o644,
          },
        ],
      }
    : made;

/** The previous generation, which signs the cross certificate. */
function signerOf(
  previous: NonNullable<CertificateSpec["previous"]>,
  [found]: readonly CertificateFacts[],
  artefact: ParsedArtefact,
  context: BuildContext,
): Issuer {
  const key = readPrivateKey(context.need(previous.key, artefact));
  const problem =
    authorityProblem(found) ??
    lifetimeProblem(found, context.now) ??
    (pathLength(found) === 0
      ? "its path length is 0, so it may sign no other CA"
      : undefined) ??
    (key && found.x509.checkPrivateKey(key)
      ? undefined
      : `${context.store.shown(previous.key)} does not belong to it`);
  if (problem !== undefined || !key)
    throw unusablePrevious(
      context.store.shown(previous.certificate),
      artefact.purpose,
      String(problem),
    );
  return { certificate: found.x509, key };
}
