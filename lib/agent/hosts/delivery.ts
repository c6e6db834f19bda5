import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { pack } from "tar-stream";
import { isManifest, NODE_STATE_DIR } from "../../catalog/paths";
import {
  fullHostDisk,
  type HostError,
  unexpectedAnswer,
  undeliverablePath,
  failedDelivery,
  unfinishedDelivery,
  unreadableHost,
} from "./errors";
import { sha256 } from "../../base/files";
import type { Host, HostFile, Outcome } from "./host";
import DELIVER from "./scripts/deliver.sh";
import LOOK from "./scripts/look.sh";
import type { Flaw } from "./flaw";

/** Folders below these are removed when they become empty. */
const PRUNED = [
  "/etc/kubernetes",
  "/var/lib/kubelet",
  "/etc/cni",
  "/etc/systemd/system/kubelet.service.d",
];
/** Milliseconds. A dead connection is noticed much sooner. */
const TIMEOUT = 300_000;

export interface DeliveryOptions {
  /** A folder on the host in which all paths are, for tests. */
  readonly root?: string;
}

export interface ReadOptions extends DeliveryOptions {
  /**
   * Whether nothing may be changed on the host. Otherwise an interrupted delivery is finished first.
   * @default false
   */
  readonly readOnly?: boolean;
  /** Files whose content is read. It may be secret, so it is only kept in memory. */
  readonly contents?: readonly string[];
  /** Folders that any user may own, but whose paths must be safe. */
  readonly folders?: readonly string[];
  /** Programs that root runs. Their paths must be safe, and only root may be able to change them. */
  readonly programs?: readonly string[];
}

/** The state of a file on a host. */
export interface FoundFile {
  readonly sha256: string;
  readonly mode: number;
  /** `0:0` */
  readonly ids: string;
  /** `root:root` */
  readonly names: string;
}

export interface HostState {
  /** The files by path. `other`: not a regular file. A path at which nothing exists is absent. */
  readonly files: ReadonlyMap<string, FoundFile | "other">;
  /** The paths that earlier deliveries wrote. */
  readonly delivered: readonly string[];
  /** The contents of the requested files that exist. */
  readonly contents: ReadonlyMap<string, Buffer>;
  /** Paths that users other than root can redirect. Nothing is read, written or removed there. */
  readonly flaws?: readonly Flaw[];
}

export interface Differences {
  readonly changed: readonly HostFile[];
  /** Paths that were delivered before and are no longer wanted. */
  readonly removed: readonly string[];
}

export interface HostDelivery extends Differences {
  /** The paths of all wanted files. The host keeps this list, so that a later delivery can remove files. */
  readonly listed: readonly string[];
}

/** Reads the state of files on a host, in one round trip. Finishes an interrupted delivery first, unless `readOnly`. */
export async function readHost(
  host: Host,
  paths: readonly string[],
  {
    root = "",
    readOnly = false,
    contents = [],
    folders = [],
    programs = [],
  }: ReadOptions = {},
): Promise<HostState> {
  const questions = [
    ...paths.map((path) => ({ verb: "look", path })),
    ...contents.map((path) => ({ verb: "read", path })),
    ...folders.map((path) => ({ verb: "folder", path })),
    ...programs.map((path) => ({ verb: "program", path })),
  ];
  check(
    host,
    questions.map(({ path }) => path),
  );
  const outcome = await host.run(LOOK, {
    args: [root, NODE_STATE_DIR, readOnly ? "" : "recover"],
    input: Buffer.from(
      questions.map(({ verb, path }) => `${verb} ${root}${path}\n`).join(""),
    ),
    timeout: TIMEOUT,
  });
  if (outcome.exitCode !== 0) throw failure(host, outcome, unreadableHost);
  const lines = outcome.stdout.toString().split("\n").slice(0, -1);
  const unexpected = (what: string): HostError =>
    unexpectedAnswer(host.name, what, "whether it exists, and its state");
  const files = new Map<string, FoundFile | "other">();
  const found = new Map<string, Buffer>();
  const flaws: Flaw[] = [];
  questions.forEach(({ verb, path }, at) => {
    const line = lines[at] ?? "";
    const flaw = flawIn(line, path);
    const file = verb === "look" ? readFound(line) : undefined;
    if (flaw) flaws.push(flaw);
    else if (file) files.set(path, file);
    else if (verb === "read" && CONTENT.test(line))
      found.set(path, Buffer.from(line.slice("content ".length), "base64"));
    else if (line !== NOTHING[verb]) throw unexpected(path);
  });
  const delivered: string[] = [];
  for (const line of lines.slice(questions.length)) {
    const flaw = flawIn(line, delivered.at(-1) ?? NODE_STATE_DIR);
    if (flaw) flaws.push(flaw);
    else if (line.startsWith(`${DELIVERED}/`) && line.length <= LONGEST_PATH)
      delivered.push(line.slice(DELIVERED.length));
    else throw unexpected("the list of delivered files");
  }
  return { files, delivered, contents: found, flaws };
}

const DELIVERED = "delivered ";

/** The answer to each question if a file does not exist, or if a folder or program has no flaw. */
const NOTHING: Readonly<Record<string, string>> = {
  look: "absent",
  read: "absent",
  folder: "closed",
  program: "closed",
};

function flawIn(line: string, path: string): Flaw | undefined {
  const [kind, problem, remedy] = line.split("\t");
  return kind === "open" && remedy !== undefined
    ? { path, problem, remedy }
    : undefined;
}

/** A path of Linux has at most 4096 bytes. */
const LONGEST_PATH = 4_200;
const CONTENT = /^content( |$)/;
/** The names of users and groups may contain spaces, if they come from a directory service. */
const FILE = /^file ([0-9a-f]{64}) ([0-7]{1,4}) (\d+:\d+) (.+:.+)$/;

function readFound(line: string): FoundFile | "other" | undefined {
  if (line === "other") return "other";
  const [, sha256, mode, ids, names] = FILE.exec(line) ?? [];
  return sha256 === undefined
    ? undefined
    : { sha256, mode: Number.parseInt(mode, 8), ids, names };
}

export function differences(
  wanted: readonly HostFile[],
  { files, delivered }: Pick<HostState, "files" | "delivered">,
): Differences {
  const paths = new Set(wanted.map(({ path }) => path));
  return {
    changed: wanted.filter((file) => !isAt(file, files.get(file.path))),
    removed: delivered.filter((path) => !paths.has(path)),
  };
}

function isAt(
  { content, mode, owner }: HostFile,
  found: FoundFile | "other" | undefined,
): boolean {
  if (found === undefined || found === "other") return false;
  const [ids, names] = [found.ids.split(":"), found.names.split(":")];
  return (
    found.mode === mode &&
    owner.split(":").every((each, at) => [ids[at], names[at]].includes(each)) &&
    found.sha256 === sha256(content)
  );
}

/**
 * Delivers files to a host, all or nothing. If the connection is lost before everything has arrived, no file is changed;
 * afterwards the host finishes the delivery alone. At any moment each file is either the old or the new one. Manifests of
 * static pods are written last and removed first.
 */
export async function deliver(
  host: Host,
  { changed, removed, listed }: HostDelivery,
  { root = "" }: DeliveryOptions = {},
): Promise<void> {
  check(host, [...changed.map(({ path }) => path), ...removed, ...listed]);
  const files = [...changed].sort(
    (a, b) => Number(isManifest(a.path)) - Number(isManifest(b.path)),
  );
  const gone = [...removed].sort(
    (a, b) => Number(isManifest(b)) - Number(isManifest(a)),
  );
  const list = [
    ...files.map(
      ({ path, mode, owner }, at) =>
        `place ${at} ${mode.toString(8)} ${owner}\n${root}${path}\n`,
    ),
    ...gone.map((path) => `remove\n${root}${path}\n`),
    ...foldersOf(removed).map((path) => `rmdir\n${root}${path}\n`),
  ].join("");
  const outcome = await host.run(DELIVER, {
    args: [root, NODE_STATE_DIR, randomBytes(8).toString("hex")],
    input: await archive([
      ["list", list],
      ["delivered", listed.map((path) => `${path}\n`).join("")],
      ...files.map(({ content }, at) => [String(at), content] as const),
    ]),
    timeout: TIMEOUT,
  });
  if (outcome.exitCode !== 0) throw failure(host, outcome, failedDelivery);
}

/** The folders that may be empty after removing files, the deepest first. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = dirname(path); at !== "/"; at = dirname(at))
      if (PRUNED.some((top) => at.startsWith(`${top}/`))) folders.add(at);
  return [...folders].sort((a, b) => b.length - a.length);
}

/** A tar archive. Its last entry is `complete`: if that has arrived, everything has. */
async function archive(
  entries: readonly (readonly [name: string, content: Buffer | string])[],
): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of [...entries, ["complete", ""] as const])
    tar.entry({ name, mode: 0o600 }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function check(host: Host, paths: readonly string[]): void {
  for (const path of paths)
    if (!/^(\/(?!\.{1,2}(\/|$))[^/\n\0]+)+$/.test(path))
      throw undeliverablePath(host.name, path);
}

/** The exit code of both scripts if everything is ready but not all files could be put in their places. */
const UNFINISHED = 4;

/** For the file that fills the disk, GNU tar only prints "Wrote only 512 of 10240 bytes". */
const FULL = /No space left|[Qq]uota exceeded|Wrote only \d+ of/;

function failure(
  { name }: Host,
  { exitCode, stderr }: Outcome,
  otherwise: (node: string, said: string) => HostError,
): HostError {
  const lines = stderr.trim().split("\n");
  const full = lines.find((line) => FULL.test(line));
  const said = lines.slice(-2).join("; ") || `exit code ${exitCode}`;
  if (exitCode === UNFINISHED) return unfinishedDelivery(name, said);
  return full === undefined ? otherwise(name, said) : fullHostDisk(name, full);
}
