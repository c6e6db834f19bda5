import { isMadeAfterwards, readFileLines } from "./artefacts";
import type { Work } from "./batch";
import { takeOutKubeconfig } from "./kubeconfig/elsewhere";
import { stopProxy } from "./local/proxy";
import { stampPath } from "./store";

/**
 * Undoes what was made after a rollout and is no longer wanted: its batch may be gone with it, so that nobody else would.
 */
export async function undoUnlisted(
  listed: readonly string[],
  work: Pick<Work, "store" | "say">,
): Promise<void> {
  const { store, say } = work;
  for (const [path, stamp] of store.stamps()) {
    if (!isMadeAfterwards(stamp) || listed.includes(path)) continue;
    if (stamp.kind === "merged-kubeconfig") await takeOutKubeconfig(path, work);
    if (stamp.kind === "api-proxy") await stopProxy(path, work);
    store.remove([
      ...readFileLines(stamp.files).map((file) => file.path),
      ...[stampPath(path), stampPath(checkedName(path))],
    ]);
    say(`${stamp.purpose}: removed`);
  }
}

/** What a check marks, so that the next plan makes it anew. */
export const checkedName = (path: string): string => `${path}.check`;
