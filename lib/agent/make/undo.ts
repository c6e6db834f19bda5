import {
  isMadeAfterRollout,
  isPermanent,
  pathsIn,
} from "../../store/artefacts";
import type { Work } from "../../store/work";
import { removeMergedEntries } from "../kubeconfig/user-file";
import { stopProxy } from "../processes/proxy";
import { stampPath } from "../../store/bookkeeping";

/**
 * Removes what was made after a rollout and is no longer listed. Its batch may have left the program as well, so no
 * other step would do it.
 */
export async function undoUnlisted(
  listed: readonly string[],
  work: Pick<Work, "store" | "clock" | "say">,
): Promise<void> {
  const { store, say } = work;
  const stamps = store.stamps();
  // A stamp that was tampered with may name files that cannot be made again.
  const permanent = new Set(
    [...stamps.values()]
      .filter(isPermanent)
      .flatMap(({ files }) => pathsIn(files)),
  );
  for (const [path, stamp] of stamps) {
    if (!isMadeAfterRollout(stamp) || listed.includes(path)) continue;
    if (stamp.kind === "merged-kubeconfig")
      await removeMergedEntries(path, work);
    if (stamp.kind === "api-proxy") await stopProxy(path, work);
    store.remove([
      ...pathsIn(stamp.files).filter((file) => !permanent.has(file)),
      stampPath(path),
      stampPath(checkMarkPath(path)),
    ]);
    say(`${stamp.purpose}: removed`);
  }
}

/** The name under which a check marks an artefact, so that the next plan makes it again. */
export const checkMarkPath = (path: string): string => `${path}.check`;
