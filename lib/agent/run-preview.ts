import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PreviewOrder } from "../request/request";
import { inventoryOf, runsProcesses } from "../store/inventory";
import { previewProcesses } from "./local/preview";
import type { Work } from "../store/work";
import { treeOf } from "./hosts/tree";
import { plannedTree } from "./rollout/planned-tree";
import { previewHosts } from "./rollout/preview";
import type { Preview } from "./rollout/preview-shape";
import { forgetReinstalled, throughStore } from "./rollout/request";
import { Session } from "./rollout/session";

/** Looks at the hosts of some rollouts, and says which steps each would take. Writes nothing. */
export async function runPreview(
  { rollouts, files }: PreviewOrder,
  work: Work,
): Promise<Preview[]> {
  const { store } = work;
  const quiet: Work = { ...work, say: () => undefined };
  // Hosts that are seen for the first time would be written down in the store's own.
  const folder = mkdtempSync(join(tmpdir(), "control-plane-preview-"));
  const knownHosts = join(folder, "known_hosts");
  if (existsSync(store.at("known_hosts")))
    copyFileSync(store.at("known_hosts"), knownHosts);
  const preview = async ({
    request: asked,
    unknown,
  }: PreviewOrder["rollouts"][number]): Promise<Preview> => {
    const request = throughStore(asked, store);
    const present = store.inventory();
    forgetReinstalled(request, knownHosts, present);
    const session = new Session(quiet, inventoryOf(request, present), {
      knownHosts,
      onlyLooks: true,
      unknown: new Set(unknown),
      treeOf: (node) => plannedTree(node, treeOf(store, node), files),
    });
    try {
      return request.nodes.some(runsProcesses)
        ? await previewProcesses(request, session, files)
        : await previewHosts(request, session);
    } finally {
      await session.close();
    }
  };
  try {
    const previews: Preview[] = [];
    for (const rollout of rollouts) previews.push(await preview(rollout));
    return previews;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
