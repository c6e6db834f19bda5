import {
  chmodSync,
  lstatSync,
  readdirSync,
  type Stats,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { BACKUPS, LOCAL_ETCD_DATA, PROCESSES } from "../catalog/paths";
import { readFileLines } from "./artefacts";
import type { AgentError } from "../base/errors";
import { foreignFile, hugeFile, irregularFile, linkOutOfStore } from "./errors";
import { LIMITS } from "../base/limits";
import { errorCode, irregularKind, unless, writing } from "../base/files";
import { STAGING } from "./staging";
import { belongsToOtherNode } from "./node-files";
import type { Store } from "./store";
import { linkTarget, readError } from "./files";

/** The problems that were found in a store. */
export interface Survey {
  /** Entries that are not regular files or folders, or are too large. The agent refuses to work on such a store. */
  readonly refusals: readonly Finding[];
  /** Entries that belong to another user, who could change them. */
  readonly foreign: readonly Finding[];
  /** Entries that others may read or write and must not. */
  readonly modes: readonly WrongMode[];
}

export interface Finding {
  /** Relative to the store; empty for the store itself. */
  readonly path: string;
  readonly error: AgentError;
}

export interface WrongMode {
  /** Relative to the store; empty for the store itself. */
  readonly path: string;
  readonly mode: number;
  readonly wanted: number;
}

/**
 * Examines all entries of a store (kind, owner, mode and size), but not their contents.
 *
 * @param node examine only this node's files, and the files that belong to no node. @default - the files of all nodes
 */
export function survey(store: Store, node?: string): Survey {
  const entries = entriesOf(store, belongsToOtherNode(node));
  const refusals = entries.flatMap(({ path, stats }) => {
    const error = refusal(path, stats, store);
    return error ? [{ path, error }] : [];
  });
  const owners = allowedOwners(entries[0]?.stats);
  const foreign = entries
    .filter(({ stats }) => owners && !owners.includes(stats.uid))
    .map(({ path, stats }) => ({
      path,
      error: foreignFile(store.shown(path), stats.uid),
    }));
  // The stamps say the modes. Reading them is safe only if nothing was refused.
  if (refusals.length > 0) return { refusals, foreign, modes: [] };
  const listed = listedModes(store, node);
  const modes = entries
    .filter(({ stats }) => stats.isFile() || stats.isDirectory())
    .map(({ path, stats }) => {
      const mode = stats.mode & 0o777;
      const wanted = mode & (listed.get(path) ?? defaultMode(path, stats));
      return { path, mode, wanted };
    })
    .filter(({ mode, wanted }) => mode !== wanted);
  return { refusals, foreign, modes };
}

/** Fails at the first refusal; narrows modes that are too wide. Returns the number of files and folders it changed. */
export function secureStore(store: Store, node?: string): number {
  const { refusals, foreign, modes } = survey(store, node);
  if (refusals.length > 0) throw refusals[0].error;
  const own = modes.filter(({ path }) =>
    foreign.every((each) => each.path !== path),
  );
  for (const { path, wanted } of own) {
    // Another agent of the same run may just have moved it into place.
    writing(store.shown(path), () =>
      unless(["ENOENT"], () => chmodSync(store.pathOf(path), wanted)),
    );
  }
  return own.length;
}

/** Not examined inside: etcd manages its data, and other agents manage their staged files. */
const NOT_EXAMINED: readonly string[] = [LOCAL_ETCD_DATA, STAGING];

interface Entry {
  readonly path: string;
  readonly stats: Stats;
}

/** All entries. The first is the store's folder itself. */
function entriesOf(
  store: Store,
  isSkipped: (path: string) => boolean,
): Entry[] {
  const entries: Entry[] = [];
  const visit = (path: string): void => {
    const at = store.pathOf(path);
    try {
      const stats = path === "" ? statSync(at) : lstatSync(at);
      entries.push({ path, stats });
      if (!stats.isDirectory() || NOT_EXAMINED.includes(path)) return;
      for (const name of readdirSync(at)) {
        const below = path === "" ? name : join(path, name);
        if (!isSkipped(below)) visit(below);
      }
    } catch (error) {
      // Another agent of the same run may remove files meanwhile.
      if (errorCode(error) !== "ENOENT")
        throw readError(error, at, store.shown(path));
    }
  };
  visit("");
  return entries;
}

/** A store belongs to one user. Only root may work on the store of another user. */
function allowedOwners(
  store: Stats | undefined,
): readonly number[] | undefined {
  const user = process.geteuid?.();
  if (user === undefined || store === undefined) return undefined;
  return user === 0 ? [0, store.uid] : [user];
}

function refusal(
  path: string,
  stats: Stats,
  store: Store,
): AgentError | undefined {
  const shown = store.shown(path);
  if (stats.isSymbolicLink()) {
    const target = linkTarget(store.directory, store.pathOf(path));
    return target === undefined ? undefined : linkOutOfStore(shown, target);
  }
  // An API proxy on this machine may listen at a socket in the store.
  if ((stats.isSocket() || stats.isDirectory()) && !FILE.test(path))
    return undefined;
  const kind = irregularKind(stats);
  if (kind !== undefined) return irregularFile(shown, kind);
  return stats.size > LIMITS.storeFile && !mayBeLarge(path)
    ? hugeFile(shown, stats.size)
    : undefined;
}

/** Paths that must be regular files, never folders or sockets. */
const FILE = /^inventory\.json$|^\.stamps\/.+\.json$|^pki\/.+\.(crt|key|pub)$/;

/** Backups and logs have no size limit. Nothing reads them as a whole. */
const mayBeLarge = (path: string): boolean =>
  [PROCESSES, BACKUPS].some((folder) => path.startsWith(`${folder}/`));

/** The modes that the stamps list, which are those on the node. A stamp cannot widen the mode of a CA's key. */
const listedModes = (
  store: Store,
  node?: string,
): ReadonlyMap<string, number> =>
  new Map(
    [...store.stamps(node).values()]
      .flatMap(({ files }) => readFileLines(files))
      .map(({ path, mode }) => [
        path,
        AUTHORITY_KEY.test(path) ? mode & 0o700 : mode,
      ]),
  );

const AUTHORITY_KEY = /^pki\/.+\.key$/;

/** The widest mode of a file without a stamp: others never write, and never read keys or bookkeeping files. */
const defaultMode = (path: string, stats: Stats): number =>
  path === "" || (stats.isFile() && PRIVATE.test(path)) ? 0o700 : 0o755;

const PRIVATE =
  /\.key$|^(\.stamps|\.lock|backups|kubeconfigs|tokens)(\/|$)|^inventory\.json$/;
