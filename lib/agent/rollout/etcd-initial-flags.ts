import { commandLine, unitWord } from "../../render/unit";
import type { HostFile } from "../hosts/host";
import {
  attempt,
  fields,
  list,
  optional,
  record,
  text,
} from "../../base/shape";
import { readYaml } from "../../base/yaml";
import {
  ETCD_MANIFEST,
  ETCD_UNIT,
  type Joining,
  type Present,
} from "./present";

/** The fields of a static pod of a host that are read here. */
export const POD = fields({
  metadata: fields({ name: text, annotations: optional(record(text)) }),
  spec: fields({
    containers: list(fields({ command: optional(list(text)) })),
  }),
});

export type Pod = ReturnType<typeof POD>;

const INITIAL_FLAGS = ["--initial-cluster=", "--initial-cluster-state="];

const isInitialFlag = (word: string): boolean =>
  // A unit file quotes words with unusual characters.
  INITIAL_FLAGS.some((flag) => word.replace(/^"/, "").startsWith(flag));

/** The command of etcd's pod. */
export const commandOfPod = ({ spec }: Pick<Pod, "spec">): readonly string[] =>
  spec.containers[0]?.command ?? [];

/** etcd's pod with the initial cluster flags of its first start, or with those for joining. */
export function podWithInitialFlags(
  pod: Pod,
  present: Present,
  joining: Joining | undefined,
): Pod {
  const initialFlags = joining
    ? joiningFlags(joining)
    : presentInitialFlags(present, ETCD_MANIFEST, (text) =>
        commandOfPod(readYaml(text, POD)),
      );
  if (initialFlags.length === 0) return pod;
  const [container] = pod.spec.containers;
  const command = withInitialFlags(commandOfPod(pod), initialFlags);
  return {
    ...pod,
    spec: { ...pod.spec, containers: [{ ...container, command }] },
  };
}

/** etcd's unit with the initial cluster flags of its first start, or with those for joining. */
export function unitWithInitialFlags(
  file: HostFile,
  present: Present,
  joining: Joining | undefined,
): HostFile {
  const text = file.content.toString();
  const initialFlags = joining
    ? joiningFlags(joining).map(unitWord)
    : presentInitialFlags(present, ETCD_UNIT, commandOfUnit);
  if (initialFlags.length === 0) return file;
  const words = withInitialFlags(commandOfUnit(text), initialFlags);
  return {
    ...file,
    content: Buffer.from(
      text.replace(EXEC_START, () => `ExecStart=${commandLine(words)}`),
    ),
  };
}

const EXEC_START = /^ExecStart=((?:.*\\\n)*.*)$/m;

/** The words of a unit's command, which has one word per line. */
export const commandOfUnit = (text: string): string[] =>
  EXEC_START.exec(text)?.[1].split(/ *\\\n */) ?? [];

/** etcd reads the list of first members only while it has no data, so a different list is no reason to restart it. */
function withInitialFlags(
  command: readonly string[],
  initialFlags: readonly string[],
) {
  const at = command.findIndex(isInitialFlag);
  const others = command.filter((word) => !isInitialFlag(word));
  return [...others.slice(0, at), ...initialFlags, ...others.slice(at)];
}

const joiningFlags = ({ initialCluster }: Joining): string[] => [
  `--initial-cluster=${initialCluster}`,
  "--initial-cluster-state=existing",
];

/** The initial cluster flags on the host, if etcd has data there. */
function presentInitialFlags(
  { startFiles, hasEtcdData }: Present,
  path: string,
  commandOf: (text: string) => readonly string[],
): string[] {
  const content = hasEtcdData ? startFiles?.get(path) : undefined;
  if (content === undefined) return [];
  // A file that somebody broke is replaced by the tree's.
  return (
    attempt(() => commandOf(content.toString()))?.filter(isInitialFlag) ?? []
  );
}
