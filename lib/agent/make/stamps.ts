import type { ParsedArtefact } from "../../store/artefacts";
import { rfc3339 } from "../../base/duration";
import { sha256 } from "../../base/files";
import type { Made } from "./maker";
import type { Stamp } from "../../request/artefact";
import { renewableTime } from "../../pki/verification";
import { withRenewal } from "../../store/renewals";

/**
 * The stamp of an artefact. One that waits for a signature gets the text `pending` as its hash, so that it is planned again
 * until it is signed.
 */
export function stampOf(
  artefact: ParsedArtefact,
  made: Made,
  batch: string,
): Stamp {
  const { certificate, lifetime = certificate, pending, replaces } = made;
  const stamp: Stamp = {
    token: artefact.intact,
    sha256: pending ? "pending" : made.contents.map(sha256).join(" "),
    ...(lifetime && {
      notBefore: rfc3339(lifetime.notBefore),
      notAfter: rfc3339(lifetime.notAfter),
      renewable: rfc3339(renewableTime(lifetime)),
    }),
    batch,
    purpose: artefact.purpose,
    kind: artefact.kind,
    files: [artefact.fileLines, ...extraFileLines(made)].join("\n"),
    ...(made.validity !== undefined && { validity: made.validity }),
    ...(made.foreignName && { foreignName: true }),
    ...(artefact.renewBefore !== undefined && {
      renewBefore: artefact.renewBefore,
    }),
    ...(made.brought && { brought: true }),
    ...(pending && { pending }),
  };
  return replaces === undefined ? stamp : withRenewal(stamp, replaces);
}

/** The additional files that stay; a pending key and its request do not. */
const extraFileLines = ({ extraFiles = [], pending }: Made): string[] =>
  pending
    ? []
    : extraFiles.map(({ path, mode }) => `${path} 0${mode.toString(8)}`);
