import type { RolloutRequest } from "../../request/request";
import { ownNodes } from "../../store/inventory";
import type { LiveNode } from "./live-node";
import type { Session } from "./session";
import { treeFingerprint } from "./tree-fingerprint";

/** Nodes that were not reached and whose hosts do not have the current tree yet. */
export function unreachedNodesBehind(
  request: RolloutRequest,
  reached: readonly LiveNode[],
  session: Session,
): string[] {
  const there = new Set(reached.map(({ name }) => name));
  return ownNodes(request).flatMap(({ name, retire, binaries }) =>
    retire ||
    there.has(name) ||
    session.inventory.nodes?.[name]?.tree ===
      treeFingerprint(session.treeOf(name), binaries)
      ? []
      : [name],
  );
}
