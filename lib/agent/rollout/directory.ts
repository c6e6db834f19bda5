import { files } from "../../base/counted";
import type { RolloutRequest } from "../../request/request";
import { stampPath } from "../../store/bookkeeping";
import type { Store } from "../../store/store";

/**
 * Nodes whose trees are in the store although nothing refers to them any more: a killed run left them, or they were
 * directory nodes.
 */
export function strayTrees(request: RolloutRequest, store: Store): string[] {
  const known = new Set([
    ...request.nodes.map(({ name }) => name),
    ...Object.values(request.pools).flat(),
    ...Object.keys(store.inventory()?.nodes ?? {}),
  ]);
  return [...new Set(nodesIn(store))].filter((name) => !known.has(name));
}

/** Removes a node's tree, then its stamps: after a kill between the two, the stamps still tell what to remove. */
export function removeTree(
  name: string,
  store: Store,
  say: (line: string) => void,
): void {
  const tree = `nodes/${name}`;
  const count = store.files(tree).length;
  if (count === 0 && store.files(stampFolder(tree)).length === 0) return;
  store.remove([tree, `pending/${tree}`, stampFolder(tree), stampPath(tree)]);
  say(`${name}: no longer in the program, ${files(count)} removed`);
}

const stampFolder = (folder: string): string => `.stamps/${folder}`;

/** The nodes with a tree, or with stamps that a killed run left behind. */
function nodesIn(store: Store): string[] {
  return ["nodes", stampFolder("nodes")].flatMap((folder) =>
    store.files(folder).map((path) =>
      path
        .slice(folder.length + 1)
        .split("/")[0]
        .replace(/\.json$/, ""),
    ),
  );
}
