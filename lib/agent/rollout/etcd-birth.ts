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

/** What is read of a static pod. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly { readonly command?: readonly string[] }[];
  };
}

/** As a host has it. */
export const POD = fields<Pod>({
  metadata: fields({ name: text, annotations: optional(record(text)) }),
  spec: fields({
    containers: list(fields({ command: optional(list(text)) })),
  }),
});

const BIRTH_FLAGS = ["--initial-cluster=", "--initial-cluster-state="];

const isBirth = (word: string): boolean =>
  // systemd has a word with uncommon signs in quotes.
  BIRTH_FLAGS.some((flag) => word.replace(/^"/, "").startsWith(flag));

const commandOf = (pod: Pod): readonly string[] =>
  pod.spec.containers[0]?.command ?? [];

/** etcd's pod with the flags that it was born with, or is to join with. */
export function asMember(
  pod: Pod,
  present: Present,
  joining: Joining | undefined,
): Pod {
  const birth = joining
    ? birthOf(joining)
    : presentBirth(present, ETCD_MANIFEST, (text) =>
        commandOf(readYaml(text, POD)),
      );
  if (birth.length === 0) return pod;
  const [container] = pod.spec.containers;
  const command = withBirth(commandOf(pod), birth);
  return {
    ...pod,
    spec: { ...pod.spec, containers: [{ ...container, command }] },
  };
}

/** The same of its unit. */
export function etcdUnit(
  file: HostFile,
  present: Present,
  joining: Joining | undefined,
): HostFile {
  const text = file.content.toString();
  const birth = joining
    ? birthOf(joining).map(unitWord)
    : presentBirth(present, ETCD_UNIT, wordsOf);
  if (birth.length === 0) return file;
  const words = withBirth(wordsOf(text), birth);
  return {
    ...file,
    content: Buffer.from(
      text.replace(EXEC_START, () => `ExecStart=${commandLine(words)}`),
    ),
  };
}

const EXEC_START = /^ExecStart=((?:.*\\\n)*.*)$/m;

/** Of a unit's command, one a line. */
const wordsOf = (text: string): string[] =>
  EXEC_START.exec(text)?.[1].split(/ *\\\n */) ?? [];

/** etcd reads who the first members are only while it has no data: another list is no reason to restart it. */
function withBirth(command: readonly string[], birth: readonly string[]) {
  const at = command.findIndex(isBirth);
  const others = command.filter((word) => !isBirth(word));
  return [...others.slice(0, at), ...birth, ...others.slice(at)];
}

const birthOf = ({ initialCluster }: Joining): string[] => [
  `--initial-cluster=${initialCluster}`,
  "--initial-cluster-state=existing",
];

/** The flags that an etcd with data was born with. */
function presentBirth(
  { starts, hasEtcdData }: Present,
  path: string,
  commandOf: (text: string) => readonly string[],
): string[] {
  const content = hasEtcdData ? starts?.get(path) : undefined;
  if (content === undefined) return [];
  // Where a hand broke it the tree's replaces it.
  return attempt(() => commandOf(content.toString()))?.filter(isBirth) ?? [];
}
