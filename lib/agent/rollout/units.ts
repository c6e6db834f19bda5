import { KUBELET_UNIT } from "../../catalog/kubelet";
import { KUBELET_DIR, NODE_STATE_DIR, UNITS_DIR } from "../../catalog/paths";
import { toYaml } from "../../render/yaml";
import type { HostFile } from "../hosts/host";
import type { BinaryRequest, ComponentRequest } from "../../request/request";
import { anyRecord } from "../../base/shape";
import { readTreeYaml } from "./tree-yaml";
import { KUBELET_KUBECONFIG } from "./present";
import { withoutReloadedFiles } from "./files-read";
import { fingerprintOf } from "./wanted";
import { isInUnitsDir } from "../../catalog/units";

/** A component that runs as a systemd unit, and the files with which it is started. */
export interface NodeUnit {
  readonly component: ComponentRequest;
  /** The name of the unit: `etcd.service`. */
  readonly name: string;
  /** The library renders the unit file. False if a package brings it, and only drop-ins are ours. */
  readonly isOurs: boolean;
  /** The unit's file and its drop-ins. A change to them needs a restart; a reload does not suffice. */
  readonly own: readonly HostFile[];
  /** The files that the unit reads. */
  readonly read: readonly HostFile[];
  /** The delivered binaries that the unit runs. */
  readonly binaries: readonly BinaryRequest[];
  /** The path on the host that records with what the unit was started. */
  readonly stamp: string;
}

/** The path of a unit's file, if the library renders it. */
const unitFileOf = (unit: string): string => `${UNITS_DIR}/${unit}`;

/** The file that starts a component once it exists. */
export const startFileOf = ({
  manifest,
  unit,
}: ComponentRequest): string | undefined =>
  manifest ?? (unit === undefined ? undefined : unitFileOf(unit));

export function unitsOf(
  components: readonly ComponentRequest[],
  files: readonly HostFile[],
  binaries: readonly BinaryRequest[] = [],
): NodeUnit[] {
  return components.flatMap((component) => {
    const { name, unit } = component;
    if (unit === undefined) return [];
    const own = files.filter(({ path }) => belongsToUnit(unit, path));
    const isOurs = own.some(({ path }) => path === unitFileOf(unit));
    const named = isOurs ? filesReadBy(own, files) : new Set<HostFile>();
    const read = files.filter(
      (file) =>
        !own.includes(file) &&
        (named.has(file) ||
          (unit === KUBELET_UNIT && isReadByKubelet(file.path))),
    );
    return [
      {
        component,
        name: unit,
        isOurs,
        own,
        read,
        binaries: binaries.filter(
          ({ path, source }) =>
            source && own.some((file) => mentions(textOf(file), path)),
        ),
        stamp: `${NODE_STATE_DIR}/${name}`,
      },
    ];
  });
}

const belongsToUnit = (unit: string, path: string): boolean =>
  path === unitFileOf(unit) || path.startsWith(`${unitFileOf(unit)}.d/`);

/** Files that kubelet reads only when it starts. */
export const isReadByKubelet = (path: string): boolean =>
  path.startsWith(`${KUBELET_DIR}/`) ||
  belongsToUnit(KUBELET_UNIT, path) ||
  path === KUBELET_KUBECONFIG;

/** The files that the first ones name, the files that those name, and so on. */
function filesReadBy(
  first: readonly HostFile[],
  files: readonly HostFile[],
): Set<HostFile> {
  const found = new Set<HostFile>();
  let next = first;
  while (next.length > 0) {
    const texts = next.map((file) => withoutReloadedFiles(textOf(file)));
    next = files.filter(
      (file) =>
        !found.has(file) && texts.some((text) => mentions(text, file.path)),
    );
    next.forEach((file) => found.add(file));
  }
  return found;
}

/** Larger files are not searched for paths: configuration files are small. */
const LARGEST_TEXT = 64 * 1024;

/** The text of a file. Unit files double `%` and `$` to escape them. */
function textOf({ path, content }: HostFile): string {
  if (content.length > LARGEST_TEXT || content.includes(0)) return "";
  const text = content.toString();
  return isInUnitsDir(path) ? text.replace(/%%|\$\$/g, ([sign]) => sign) : text;
}

/** Whether a text contains a path that is not part of a longer one. */
function mentions(text: string, path: string): boolean {
  for (let at = 0; (at = text.indexOf(path, at)) !== -1; at++) {
    const end = at + path.length;
    const isStart = !/[\w./]/.test(text.slice(Math.max(0, at - 1), at));
    // A full stop may end a sentence.
    const isEnd = !/^(\w|\/|[.-][\w.-])/.test(text.slice(end, end + 2));
    if (isStart && isEnd) return true;
  }
  return false;
}

const ownText = ({ own }: NodeUnit): string => own.map(textOf).join("\n");

/** The program of a unit, from its file. */
export const programOf = (unit: NodeUnit): string | undefined =>
  /^ExecStart=[-@:+!|]*"?(\/[^\s"]+)/m.exec(ownText(unit))?.[1];

/** The user of a unit, from its file. */
export const userOf = (unit: NodeUnit): string =>
  /^User=(\S+)$/m.exec(ownText(unit))?.[1] ?? "root";

/** Hashes of what a unit is started with: its own files and binaries, and the files that it reads. */
export interface Fingerprint {
  readonly own: string;
  readonly read?: string;
}

/**
 * A packaged unit has one hash for everything, as its stamps have had from the start. Credentials that kubelet renews
 * itself do not count.
 */
export function fingerprintOfUnit(unit: NodeUnit): Fingerprint {
  const { isOurs, own, read, binaries } = unit;
  const binaryHashes = binaries.map(({ path, source }) => ({
    path,
    content: Buffer.from(source?.sha256 ?? ""),
  }));
  const readFiles = read.map((file) =>
    file.path === KUBELET_KUBECONFIG ? withoutUsers(file) : file,
  );
  return isOurs
    ? {
        own: fingerprintOf([...own, ...binaryHashes]),
        read: fingerprintOf(readFiles),
      }
    : { own: fingerprintOf([...own, ...readFiles]) };
}

export const stampText = ({ own, read }: Fingerprint): string =>
  read === undefined ? own : `${own} ${read}`;

function withoutUsers(file: HostFile): HostFile {
  const kubeconfig = readTreeYaml(file, anyRecord);
  return {
    ...file,
    content: Buffer.from(toYaml({ ...kubeconfig, users: undefined })),
  };
}

/** The folders that root creates for the unit's user when the unit starts. */
export const foldersOf = (unit: NodeUnit): string[] =>
  [
    ...ownText(unit).matchAll(
      /^ExecStartPre=\+\S+ -d -m \d+ -o \S+ -g \S+ (\/.+)$/gm,
    ),
  ].map(([, folder]) => folder);

/** The log file of a unit, if it does not log to the journal. */
export const logFileOf = (unit: NodeUnit): string | undefined =>
  /^Standard(?:Error|Output)=(?:append|file|truncate):(\/.+)$/m.exec(
    ownText(unit),
  )?.[1];
