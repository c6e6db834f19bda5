const NODE_FILE = /^(?:\.stamps\/|pending\/)?nodes\/([^/]+)/;

/**
 * A test whether a file of the store belongs to another node than this one. The work for one node must not read the
 * files of other nodes: with a thousand nodes, that would be too much.
 *
 * @param node if absent, the test is false for all files
 */
export const belongsToOtherNode =
  (node: string | undefined) =>
  (path: string): boolean => {
    const [, name = node] = NODE_FILE.exec(path) ?? [];
    return node !== undefined && name !== node && name !== `${node}.json`;
  };

/** The node whose files a batch makes; `undefined` for other batches. */
export const nodeOfBatch = (batch: string): string | undefined =>
  /^nodes\/([^/]+)$/.exec(batch)?.[1];

/** The node in whose tree a file of the store is, and its path there; `undefined` for other files. */
export function placeOnNode(
  file: string,
): { readonly node: string; readonly path: string } | undefined {
  const [, node, path] = /^nodes\/([^/]+)\/root(\/.*)$/s.exec(file) ?? [];
  return node === undefined ? undefined : { node, path };
}
