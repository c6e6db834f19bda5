import { KUBELET_UNIT } from "../../catalog/kubelet";
import { KUBELET_DIR, NODE_STATE_DIR, UNITS_DIR } from "../../catalog/paths";
import { toYaml } from "../../render/yaml";
import type { HostFile } from "../hosts/host";
import type { BinaryRequest, ComponentRequest } from "../../request/request";
import { fromYaml } from "../../base/yaml";
import { KUBELET_KUBECONFIG } from "./present";
import { fingerprintOf } from "./wanted";
import { isInUnitsDir } from "../../catalog/units";

/** A component that systemd runs, and the files that it is started with. */
export interface NodeUnit {
  readonly component: ComponentRequest;
  /** systemd's name of it. */
  readonly name: string;
  /** It is no package's. */
  readonly isOurs: boolean;
  /** Its file and the drop-ins of it: what it was started with counts, not what it was told since. */
  readonly own: readonly HostFile[];
  /** The files that it is told to read. */
  readonly read: readonly HostFile[];
  /** Of those that are brought: what it runs. */
  readonly binaries: readonly BinaryRequest[];
  /** Where the host remembers what it was started with. */
  readonly stamp: string;
}

/** The path of a unit's file, unless it is a package's. */
const fileOf = (unit: string): string => `${UNITS_DIR}/${unit}`;

/** The file that starts a component as soon as it is there. */
export const startOf = ({
  manifest,
  unit,
}: ComponentRequest): string | undefined =>
  manifest ?? (unit === undefined ? undefined : fileOf(unit));

export function unitsOf(
  components: readonly ComponentRequest[],
  files: readonly HostFile[],
  binaries: readonly BinaryRequest[] = [],
): NodeUnit[] {
  return components.flatMap((component) => {
    const { name, unit } = component;
    if (unit === undefined) return [];
    const own = files.filter(({ path }) => isOf(unit, path));
    const isOurs = own.some(({ path }) => path === fileOf(unit));
    const named = isOurs ? readBy(own, files) : new Set<HostFile>();
    const read = files.filter(
      (file) =>
        !own.includes(file) &&
        (named.has(file) || (unit === KUBELET_UNIT && isKubelets(file.path))),
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
            source && own.some((file) => names(textOf(file), path)),
        ),
        stamp: `${NODE_STATE_DIR}/${name}`,
      },
    ];
  });
}

const isOf = (unit: string, path: string): boolean =>
  path === fileOf(unit) || path.startsWith(`${fileOf(unit)}.d/`);

/** What kubelet reads only when it starts. */
export const isKubelets = (path: string): boolean =>
  path.startsWith(`${KUBELET_DIR}/`) ||
  isOf(KUBELET_UNIT, path) ||
  path === KUBELET_KUBECONFIG;

/** Those that the first ones name, those that these name, and so on. */
function readBy(
  first: readonly HostFile[],
  files: readonly HostFile[],
): Set<HostFile> {
  const found = new Set<HostFile>();
  let next = first;
  while (next.length > 0) {
    const texts = next.map(textOf);
    next = files.filter(
      (file) =>
        !found.has(file) && texts.some((text) => names(text, file.path)),
    );
    next.forEach((file) => found.add(file));
  }
  return found;
}

/** Configurations are small. */
const LARGEST_TEXT = 64 * 1024;

/** A unit doubles what it would take for its own signs. */
function textOf({ path, content }: HostFile): string {
  if (content.length > LARGEST_TEXT || content.includes(0)) return "";
  const text = content.toString();
  return isInUnitsDir(path) ? text.replace(/%%|\$\$/g, ([sign]) => sign) : text;
}

/** Whether a path stands in a text, and not as a part of a longer one. */
function names(text: string, path: string): boolean {
  for (let at = 0; (at = text.indexOf(path, at)) !== -1; at++) {
    const end = at + path.length;
    const isStart = !/[\w./]/.test(text.slice(Math.max(0, at - 1), at));
    // A sentence may end with it.
    const isEnd = !/^(\w|\/|[.-][\w.-])/.test(text.slice(end, end + 2));
    if (isStart && isEnd) return true;
  }
  return false;
}

/** What a unit starts, as its file says. */
export function programOf({ own }: NodeUnit): string | undefined {
  const text = own.map(textOf).join("\n");
  return /^ExecStart=[-@:+!|]*"?(\/[^\s"]+)/m.exec(text)?.[1];
}

/** Who runs a unit, as its file says. */
export const userOf = ({ own }: NodeUnit): string =>
  /^User=(\S+)$/m.exec(own.map(textOf).join("\n"))?.[1] ?? "root";

/** What a unit is started with: of its own, and of what it reads. */
export interface Fingerprint {
  readonly own: string;
  readonly read?: string;
}

/** Of a package's unit all is one: it was so before there were others. kubelet renews its credentials itself. */
export function fingerprintOfUnit(unit: NodeUnit): Fingerprint {
  const { isOurs, own, read, binaries } = unit;
  const brought = binaries.map(({ path, source }) => ({
    path,
    content: Buffer.from(source?.sha256 ?? ""),
  }));
  const told = read.map((file) =>
    file.path === KUBELET_KUBECONFIG ? withoutUsers(file) : file,
  );
  return isOurs
    ? { own: fingerprintOf([...own, ...brought]), read: fingerprintOf(told) }
    : { own: fingerprintOf([...own, ...told]) };
}

export const stampText = ({ own, read }: Fingerprint): string =>
  read === undefined ? own : `${own} ${read}`;

function withoutUsers(file: HostFile): HostFile {
  const kubeconfig = { ...(fromYaml(file.content.toString()) as object) };
  return {
    ...file,
    content: Buffer.from(toYaml({ ...kubeconfig, users: undefined })),
  };
}

/** The folders that root makes when a unit starts, and gives to the user of the unit. */
export const foldersOf = ({ own }: NodeUnit): string[] =>
  [
    ...own
      .map(textOf)
      .join("\n")
      .matchAll(/^ExecStartPre=\+\S+ -d -m \d+ -o \S+ -g \S+ (\/.+)$/gm),
  ].map(([, folder]) => folder);

/** Where a unit writes what it says, if not to the journal. */
export function logFileOf({ own }: NodeUnit): string | undefined {
  const text = own.map(textOf).join("\n");
  return /^Standard(?:Error|Output)=(?:append|file|truncate):(\/.+)$/m.exec(
    text,
  )?.[1];
}
