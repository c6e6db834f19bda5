import {
  chmodSync,
  lstatSync,
  readdirSync,
  type Stats,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { LOCAL_ETCD_DATA, PROCESSES } from "../catalog/paths";
import { readFileLines } from "./artefacts";
import type { AgentError } from "../base/errors";
import { foreignFile, hugeFile, irregularFile, linkOutOfStore } from "./errors";
import { LIMITS } from "../base/limits";
import { errorCode, writeError } from "../base/files";
import { STAGING } from "./staging";
import { isOfOther, type Store } from "./store";
import { linkTarget, readError } from "./files";
import { irregularKind } from "../base/files";

/** What is not as it may be in a store. */
export interface Survey {
  /** What is no file or folder of the store's, and what is too large: nothing can go on over it. */
  readonly refusals: readonly Finding[];
  /** What belongs to another user, who could change it. */
  readonly foreign: readonly Finding[];
  /** What others may read or write and should not. */
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
 * Looks at everything in a store but the contents: its kind, its owner, its mode, its size.
 *
 * @param node whose files are looked at beside those of no node; absent: those of all
 */
export function survey(store: Store, node?: string): Survey {
  const entries = entriesOf(store, isOfOther(node));
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
  // The stamps are read for their modes, which has to be safe first.
  if (refusals.length > 0) return { refusals, foreign, modes: [] };
  const listed = listedModes(store, node);
  const modes = entries
    .filter(({ stats }) => stats.isFile() || stats.isDirectory())
    .map(({ path, stats }) => {
      const mode = stats.mode & 0o777;
      const wanted = mode & (listed.get(path) ?? mayBe(path, stats));
      return { path, mode, wanted };
    })
    .filter(({ mode, wanted }) => mode !== wanted);
  return { refusals, foreign, modes };
}

/** Fails where nothing can go on; closes what is too open. Returns how many files and folders that were. */
export function secureStore(store: Store, node?: string): number {
  const { refusals, foreign, modes } = survey(store, node);
  if (refusals.length > 0) throw refusals[0].error;
  const own = modes.filter(({ path }) =>
    foreign.every((each) => each.path !== path),
  );
  for (const { path, wanted } of own) {
    try {
      chmodSync(store.pathOf(path), wanted);
    } catch (error) {
      // Another agent of the same run may just have moved it to its place.
      if (errorCode(error) !== "ENOENT")
        throw writeError(error, store.shown(path));
    }
  }
  return own.length;
}

const NOT_OURS: readonly string[] = [LOCAL_ETCD_DATA, STAGING];

interface Entry {
  readonly path: string;
  readonly stats: Stats;
}

/** The store's folder comes first; etcd's data are etcd's own, and what another agent stages is its. */
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
      if (!stats.isDirectory() || NOT_OURS.includes(path)) return;
      for (const name of readdirSync(at)) {
        const below = path === "" ? name : join(path, name);
        if (!isSkipped(below)) visit(below);
      }
    } catch (error) {
      // What another agent of the same run removes meanwhile is no loss.
      if (errorCode(error) !== "ENOENT")
        throw readError(error, at, store.shown(path));
    }
  };
  visit("");
  return entries;
}

/** All of a store belongs to one user; root may work on that of another. */
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
  // A proxy of this machine listens at a socket where it is told to.
  if ((stats.isSocket() || stats.isDirectory()) && !FILE.test(path))
    return undefined;
  const kind = irregularKind(stats);
  if (kind !== undefined) return irregularFile(shown, kind);
  return stats.size > LIMITS.storeFile && !isOfProcess(path)
    ? hugeFile(shown, stats.size)
    : undefined;
}

/** What is never a folder or a socket. */
const FILE = /^inventory\.json$|^\.stamps\/.+\.json$|^pki\/.+\.(crt|key|pub)$/;

/** Logs grow. */
const isOfProcess = (path: string): boolean => path.startsWith(`${PROCESSES}/`);

/** As the stamps say: what is made has the mode that it has on the node. A stamp opens no key of an authority. */
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

/** Of what has no stamp: nobody else writes it, and nobody else reads a key or the bookkeeping. */
const mayBe = (path: string, stats: Stats): number =>
  path === "" || (stats.isFile() && PRIVATE.test(path)) ? 0o700 : 0o755;

const PRIVATE =
  /\.key$|^(\.stamps|\.lock|kubeconfigs|tokens)(\/|$)|^inventory\.json$/;
