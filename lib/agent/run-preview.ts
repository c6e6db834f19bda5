import type {
  BinaryRequest,
  PreviewOrder,
  RolloutRequest,
} from "../request/request";
import { inventoryOf, ownNodes } from "../store/inventory";
import { previewProcesses } from "./local/preview";
import type { Work } from "../store/work";
import { readProgram } from "./hosts/binary-facts";
import { withCopiedHostKeys } from "./hosts/known-hosts";
import { treeOf } from "./hosts/tree";
import { plannedTree } from "./rollout/planned-tree";
import { previewHosts } from "./rollout/preview";
import type { Preview } from "./rollout/preview-shape";
import { forgetReinstalled, throughStore, withNodes } from "./rollout/request";
import { Session } from "./rollout/session";
import { runsProcesses } from "../request/roles";

/** Reads the hosts of the given rollouts, and returns the steps that each would take. Writes nothing to the store. */
export async function runPreview(
  { rollouts, files }: PreviewOrder,
  work: Work,
): Promise<Preview[]> {
  const { store } = work;
  const quiet: Work = { ...work, say: () => undefined };
  const preview = async (
    { request: asked, unknown }: PreviewOrder["rollouts"][number],
    knownHosts: string,
  ): Promise<Preview> => {
    const request = await withHashes(throughStore(asked, store));
    const present = store.inventory();
    forgetReinstalled(request, knownHosts, present);
    const session = new Session(quiet, inventoryOf(request, present), {
      knownHosts,
      readOnly: true,
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
  return withCopiedHostKeys(store.at("known_hosts"), async (knownHosts) => {
    const previews: Preview[] = [];
    for (const rollout of rollouts)
      previews.push(await preview(rollout, knownHosts));
    return previews;
  });
}

/**
 * Adds the hashes of the binaries that the rollout brings. Terraform computes them at plan, so the manifest behind a
 * preview lacks them.
 */
async function withHashes(request: RolloutRequest): Promise<RolloutRequest> {
  const hashes = new Map<string, string>();
  for (const { name, binaries = [] } of ownNodes(request))
    for (const { path, source } of binaries)
      if (source && !hashes.has(source.file)) {
        const { sha256 } = await readProgram(source.file, `${path} of ${name}`);
        hashes.set(source.file, sha256);
      }
  const withHash = (binary: BinaryRequest): BinaryRequest => {
    const { source } = binary;
    if (!source) return binary;
    const sha256 = hashes.get(source.file) ?? source.sha256;
    return { ...binary, source: { ...source, sha256 } };
  };
  return withNodes(request, (node) =>
    node.binaries ? { ...node, binaries: node.binaries.map(withHash) } : node,
  );
}
