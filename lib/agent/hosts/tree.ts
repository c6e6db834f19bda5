import { readFileLines } from "../../store/artefacts";
import type { HostFile } from "./host";
import type { Store } from "../../store/store";

const ROOT_OWNER = "root:root";

/** The files that a node should have: contents from its tree in the store, modes and owners from the stamps. */
export function treeOf(store: Store, node: string): HostFile[] {
  const root = `nodes/${node}/root`;
  const lines = new Map(
    [...store.stamps(node).values()]
      .flatMap(({ files }) => readFileLines(files))
      .map((line) => [line.path, line]),
  );
  return store.files(root).flatMap((path) => {
    const line = lines.get(path);
    const content = store.read(path);
    if (line === undefined || content === undefined) return [];
    const { mode, owner = ROOT_OWNER } = line;
    return [{ path: path.slice(root.length), content, mode, owner }];
  });
}

/** The content of a file in a node's tree. */
export function treeFile(
  store: Store,
  node: string,
  path: string,
): Buffer | undefined {
  return store.read(`nodes/${node}/root${path}`);
}
