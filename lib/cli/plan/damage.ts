import { sha256 } from "../../base/files";
import { renewalTime } from "../../pki/verification";
import { recordedHashes } from "../../store/renewals";
import type { Store } from "../../store/store";

/**
 * Why files of the store no longer are as their stamp says, which a plan shows only as a new value of the trigger
 * `intact`. The files are those of one artefact.
 */
export function damageOf(
  store: Store,
  files: readonly string[],
  now: Date,
): string[] {
  const stamp = store.stamp(files[0]);
  if (!stamp) return ["the store has no record of it"];
  const recorded = recordedHashes(stamp);
  const damaged = files.flatMap((file, at) => {
    const content = store.read(file);
    const name = file.slice(file.lastIndexOf("/") + 1);
    if (content === undefined) return [`${name} is missing from the store`];
    return sha256(content) === recorded[at]
      ? []
      : [`${name} was edited in the store`];
  });
  if (stamp.pending) return ["it waits for a signature"];
  if (damaged.length > 0) return damaged;
  if (stamp.renewal) return ["renewal was asked for"];
  const { notBefore, notAfter, renewBefore } = stamp;
  if (notBefore === undefined || notAfter === undefined) return [];
  const lifetime = {
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
  };
  return renewalTime(lifetime, renewBefore) <= now
    ? [`it is due for renewal: it expires at ${notAfter}`]
    : [];
}
