import { type HostState, readHost } from "../hosts/delivery";
import type { Host, HostFile } from "../hosts/host";
import type { NodeRequest } from "../../request/request";
import { type ComparisonProps, isStart } from "./comparison";
import { KUBELET_CERTIFICATE, KUBELET_KUBECONFIG } from "./present";
import {
  foldersOf,
  logFileOf,
  programOf,
  type NodeUnit,
  unitsOf,
} from "./units";

const logsOf = (unit: NodeUnit): string[] => {
  const file = logFileOf(unit);
  return file === undefined ? [] : [file];
};

interface Node {
  readonly request: Pick<NodeRequest, "components" | "binaries">;
  readonly tree: readonly HostFile[];
  readonly etcdFolder?: string;
}

/** What root uses on a host beside the files that are brought: nobody else may be able to lead it elsewhere. */
export function usedPathsOf({
  request: { components, binaries = [] },
  tree,
  etcdFolder,
}: Node): {
  readonly folders: readonly string[];
  readonly programs: readonly string[];
} {
  const units = unitsOf(components, tree);
  const brought = binaries.filter(({ source }) => source);
  const folders = [
    ...(etcdFolder === undefined ? [] : [etcdFolder]),
    ...units.flatMap((unit) => [...foldersOf(unit), ...logsOf(unit)]),
  ];
  const programs = units
    .flatMap((unit) => (unit.isOurs ? (programOf(unit) ?? []) : []))
    .filter((program) => !brought.some(({ path }) => path === program));
  return { folders: [...new Set(folders)], programs: [...new Set(programs)] };
}

/** A host as it is. */
export function stateOf(
  node: Node & {
    readonly host: Host;
    readonly keeps: readonly string[];
    /** Changes nothing on the host. */
    readonly readOnly?: boolean;
  },
): Promise<HostState> {
  const { paths, contents } = questionsOf(node);
  return readHost(node.host, paths, {
    contents,
    readOnly: node.readOnly,
    ...usedPathsOf(node),
  });
}

/** What is asked of a host: how the files are, and what is in those that decide about the rest. */
function questionsOf({
  request: { components, binaries = [] },
  tree,
  keeps,
}: Pick<ComparisonProps, "request" | "tree" | "keeps">) {
  const paths = tree.map(({ path }) => path);
  const contents = new Set([
    KUBELET_KUBECONFIG,
    KUBELET_CERTIFICATE,
    ...unitsOf(components, []).map(({ stamp }) => stamp),
    ...paths.filter(isStart),
    ...keeps,
  ]);
  const brought = binaries.filter(({ source }) => source);
  return {
    contents: [...contents],
    paths: [
      ...new Set([...paths, ...contents, ...brought.map(({ path }) => path)]),
    ],
  };
}
