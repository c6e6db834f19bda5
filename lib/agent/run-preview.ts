import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  BinaryRequest,
  NodeRequest,
  PreviewOrder,
  RolloutRequest,
} from "../request/request";
import { inventoryOf, runsProcesses } from "../store/inventory";
import { previewProcesses } from "./local/preview";
import type { Work } from "../store/work";
import { readProgram } from "./hosts/binary-facts";
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
  try {
    const previews: Preview[] = [];
    for (const rollout of rollouts) previews.push(await preview(rollout));
    return previews;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Terraform takes the hashes of binaries at plan, so the manifest that a preview is made of has none. */
async function withHashes(request: RolloutRequest): Promise<RolloutRequest> {
  const hashes = new Map<string, string>();
  const withHash = async (
    binary: BinaryRequest,
    node: string,
  ): Promise<BinaryRequest> => {
    if (binary.source === undefined) return binary;
    const { file } = binary.source;
    const sha256 =
      hashes.get(file) ??
      (await readProgram(file, `${binary.path} of ${node}`)).sha256;
    hashes.set(file, sha256);
    return { ...binary, source: { file, sha256 } };
  };
  const hashed = async (nodes: readonly NodeRequest[]) => {
    const done: NodeRequest[] = [];
    for (const node of nodes) {
      const binaries: BinaryRequest[] = [];
      for (const binary of node.binaries ?? [])
        binaries.push(await withHash(binary, node.name));
      done.push(node.binaries === undefined ? node : { ...node, binaries });
    }
    return done;
  };
  const { nodes, pool } = request;
  return {
    ...request,
    nodes: await hashed(nodes),
    ...(pool && { pool: { ...pool, nodes: await hashed(pool.nodes) } }),
  };
}
