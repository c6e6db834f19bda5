import { type HostState, readHost } from "../hosts/delivery";
import type { Host, HostFile } from "../hosts/host";
import type { NodeRequest } from "../../request/request";
import {
  isStartFile,
  KUBELET_CERTIFICATE,
  KUBELET_KUBECONFIG,
  RESTORED_MARK,
} from "./present";
import { foldersOf, logFileOf, programOf, unitsOf } from "./units";

interface Node {
  readonly request: Pick<NodeRequest, "components" | "binaries" | "backup">;
  readonly tree: readonly HostFile[];
  readonly etcdFolder?: string;
}

/**
 * Folders and programs that root uses on a host in addition to the delivered files. No other user may be able to
 * redirect them.
 */
export function usedPathsOf({
  request: { components, binaries = [], backup },
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
    ...(backup === undefined ? [] : [backup.directory]),
    ...units.flatMap(foldersOf),
    ...units.flatMap((unit) => logFileOf(unit) ?? []),
  ];
  const programs = [
    ...units.flatMap((unit) => (unit.isOurs ? (programOf(unit) ?? []) : [])),
    ...(backup?.program.startsWith("/") ? [backup.program] : []),
  ].filter(
    (program) => !deliveredBinaries.some(({ path }) => path === program),
  );
  return { folders: [...new Set(folders)], programs: [...new Set(programs)] };
}

/** Reads the current state of a host: its files, and the content of those on which other files depend. */
export function stateOf(
  node: Node & {
    readonly host: Host;
    readonly keeps: readonly string[];
    readonly reads?: readonly string[];
    /** Change nothing on the host. */
    readonly readOnly?: boolean;
  },
): Promise<HostState> {
  const { host, request, tree, keeps, reads = [], readOnly } = node;
  const { components, binaries = [] } = request;
  const paths = tree.map(({ path }) => path);
  const contents = new Set([
    KUBELET_KUBECONFIG,
    KUBELET_CERTIFICATE,
    ...unitsOf(components, []).map(({ stamp }) => stamp),
    ...paths.filter(isStartFile),
    ...keeps,
    ...reads,
    ...(node.etcdFolder === undefined ? [] : [RESTORED_MARK]),
  ]);
  const delivered = binaries.flatMap(({ path, source }) =>
    source ? [path] : [],
  );
  return readHost(host, [...new Set([...paths, ...contents, ...delivered])], {
    contents: [...contents],
    readOnly,
    ...usedPathsOf(node),
  });
}
