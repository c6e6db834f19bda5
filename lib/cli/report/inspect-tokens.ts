import { readFileLines } from "../../store/artefacts";
import { rfc3339 } from "../../base/duration";
import type { Stamp } from "../../request/artefact";
import type { Store } from "../../store/store";
import { readClaims } from "../../pki/token-claims";
import { renewalTime } from "../../pki/verification";
import type { InspectedToken } from "./inspected";

/** The tokens of a store, ordered by expiry. Missing tokens are listed among the store's problems instead. */
export const inspectTokens = (store: Store, now: Date): InspectedToken[] =>
  [...store.stamps()]
    .filter(([, { kind }]) => kind === "service-account-token")
    .flatMap(([path, stamp]) => {
      const token = store.read(path)?.toString();
      return token === undefined ? [] : [inspectToken(token, stamp, now)];
    })
    .sort((a, b) => end(a).localeCompare(end(b)));

const end = ({ notAfter = "9999" }: InspectedToken): string => notAfter;

function inspectToken(token: string, stamp: Stamp, now: Date): InspectedToken {
  const { purpose, renewBefore } = stamp;
  const files = readFileLines(stamp.files).map(({ path }) => path);
  const claims = readClaims(token);
  if (!claims)
    return {
      purpose,
      state: "broken",
      reason: "it is not a token",
      subject: "",
      notBefore: "",
      files,
    };
  const { subject, notBefore, notAfter } = claims;
  const about = { purpose, subject, notBefore: rfc3339(notBefore), files };
  if (!notAfter) return { ...about, state: "fine" };
  const renewal = renewalTime({ notBefore, notAfter }, renewBefore);
  const ends = { notAfter: rfc3339(notAfter), renewal: rfc3339(renewal) };
  if (notAfter <= now) {
    const reason = `it expired at ${ends.notAfter}`;
    return { ...about, ...ends, state: "expired", reason };
  }
  const reason = "the next apply renews it";
  return renewal <= now
    ? { ...about, ...ends, state: "due", reason }
    : { ...about, ...ends, state: "fine" };
}
