import { files } from "../../base/counted";
import type { RolloutRequest } from "../../request/request";
import { stampPath } from "../../store/bookkeeping";
import type { Store } from "../../store/store";

/**
 * Nodes whose trees are in the store and that are nobody's any more: what a killed run left, or what stayed where it
 * was made, in a directory.
 */
export function strayTrees(request: RolloutRequest, store: Store): string[] {
  const known = new Set([
    ...request.nodes.map(({ name }) => name),
    ...Object.values(request.pools).flat(),
    ...Object.keys(store.inventory()?.nodes ?? {}),
  ]);
  return [...new Set(nodesIn(store))].filter((name) => !known.has(name));
}

/** The tree goes before its stamps: killed between the two, the stamps still say what is to be removed. */
export function removeTree(
  name: string,
  store: Store,
  say: (line: string) => void,
): void {
  const tree = `nodes/${name}`;
  const count = store.files(tree).length;
  if (count === 0 && store.files(stampFolder(tree)).length === 0) return;
  store.remove([tree, `pending/${tree}`, stampFolder(tree), stampPath(tree)]);
  say(`${name}: left, ${files(count)} removed`);
}

const stampFolder = (folder: string): string => `.stamps/${folder}`;

/** By their trees, or by the stamps that a killed run left of them. */
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
