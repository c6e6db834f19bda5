import type { HostFile } from "../hosts/host";
import type { BinaryRequest, RolloutRequest } from "../../request/request";
import { ownNodes } from "../../store/inventory";
import type { LiveNode } from "./live-node";
import type { Session } from "./session";
import { treeOf } from "./tree";
import { fingerprintOf, wantedFiles } from "./wanted";

/** Of what a node is to have, whatever its host's own state adds to that. */
export function treeFingerprint(
  tree: readonly HostFile[],
  binaries: readonly BinaryRequest[] = [],
): string {
  const files = wantedFiles(
    tree,
    { hasEtcdData: false, kept: [] },
    // The list of members is none of an etcd's business that has begun.
    { initialCluster: "" },
  );
  return fingerprintOf([
    ...files.map((file) => ({
      ...file,
      path: `${file.path} ${file.mode} ${file.owner}`,
    })),
    ...binaries.flatMap(({ path, source }) =>
      source ? [{ path, content: Buffer.from(source.sha256) }] : [],
    ),
  ]);
}

/** Those that were not reached, and that have not got what they are to have: this rollout is not at its end. */
export function waitingNodes(
  request: RolloutRequest,
  reached: readonly LiveNode[],
  { inventory, work }: Session,
): string[] {
  const there = new Set(reached.map(({ name }) => name));
  return ownNodes(request).flatMap(({ name, retire, binaries }) =>
    retire ||
    there.has(name) ||
    inventory.nodes?.[name]?.tree ===
      treeFingerprint(treeOf(work.store, name), binaries)
      ? []
      : [name],
  );
}
