import type { ParsedArtefact } from "../../store/artefacts";
import { rfc3339 } from "../../base/duration";
import { sha256 } from "../../base/files";
import type { Made } from "./maker";
import type { Stamp } from "../../request/artefact";
import { renewableTime } from "../../pki/verification";

/** What waits for a signature gets a hash that no file has: it is planned again until it is signed. */
export function stampOf(
  artefact: ParsedArtefact,
  made: Made,
  batch: string,
): Stamp {
  const { certificate, lifetime = certificate, pending } = made;
  return {
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
    files: [artefact.fileLines, ...linesBeside(made)].join("\n"),
    ...(made.validity !== undefined && { validity: made.validity }),
    ...(made.foreignName && { foreignName: true }),
    ...(artefact.renewBefore !== undefined && {
      renewBefore: artefact.renewBefore,
    }),
    ...(made.brought && { brought: true }),
    ...(pending && { pending }),
  };
}

/** What is beside an artefact for good; a key and a request that wait are not. */
const linesBeside = ({ beside = [], pending }: Made): string[] =>
  pending ? [] : beside.map(({ path, mode }) => `${path} 0${mode.toString(8)}`);
