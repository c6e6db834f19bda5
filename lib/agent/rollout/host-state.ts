import { type HostState, readHost } from "../hosts/delivery";
import type { Host, HostFile } from "../hosts/host";
import type { NodeRequest } from "../../request/request";
import { type ComparisonProps, isStartFile } from "./comparison";
import { KUBELET_CERTIFICATE, KUBELET_KUBECONFIG } from "./present";
import { foldersOf, logFileOf, programOf, unitsOf } from "./units";

interface Node {
  readonly request: Pick<NodeRequest, "components" | "binaries">;
  readonly tree: readonly HostFile[];
  readonly etcdFolder?: string;
}

/**
 * Folders and programs that root uses on a host in addition to the delivered files. No other user may be able to
 * redirect them.
 */
export function usedPathsOf({
  request: { components, binaries = [] },
  tree,
  etcdFolder,
}: Node): {
  readonly folders: readonly string[];
  readonly programs: readonly string[];
} {
  const units = unitsOf(components, tree);
  const deliveredBinaries = binaries.filter(({ source }) => source);
  const folders = [
    ...(etcdFolder === undefined ? [] : [etcdFolder]),
    ...units.flatMap(foldersOf),
    ...units.flatMap((unit) => logFileOf(unit) ?? []),
  ];
  const programs = units
    .flatMap((unit) => (unit.isOurs ? (programOf(unit) ?? []) : []))
    .filter(
      (program) => !deliveredBinaries.some(({ path }) => path === program),
    );
  return { folders: [...new Set(folders)], programs: [...new Set(programs)] };
}

/** Reads the current state of a host. */
export function stateOf(
  node: Node & {
    readonly host: Host;
    readonly keeps: readonly string[];
    /** Change nothing on the host. */
    readonly readOnly?: boolean;
  },
): Promise<HostState> {
  const { paths, contents } = pathsToRead(node);
  return readHost(node.host, paths, {
    contents,
    readOnly: node.readOnly,
    ...usedPathsOf(node),
  });
}

/** What to read from a host: the state of its files, and the content of those on which other files depend. */
function pathsToRead({
  request: { components, binaries = [] },
  tree,
  keeps,
}: Pick<ComparisonProps, "request" | "tree" | "keeps">) {
  const paths = tree.map(({ path }) => path);
  const contents = new Set([
    KUBELET_KUBECONFIG,
    KUBELET_CERTIFICATE,
    ...unitsOf(components, []).map(({ stamp }) => stamp),
    ...paths.filter(isStartFile),
    ...keeps,
  ]);
  const deliveredBinaries = binaries.filter(({ source }) => source);
  return {
    contents: [...contents],
    paths: [
      ...new Set([
        ...paths,
        ...contents,
        ...deliveredBinaries.map(({ path }) => path),
      ]),
    ],
  };
}
