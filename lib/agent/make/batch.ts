import { referredFiles } from "../../render/references";
import {
  byPath,
  inOrder,
  isPermanent,
  pathsIn,
  readArtefact,
  type ParsedArtefact,
} from "../../store/artefacts";
import { missingInput } from "./errors";
import type { KubernetesApi } from "../cluster/api";
import { MAKERS } from "./makers";
import { Deferred, type Made, type BuildContext } from "./maker";
import { pendingPaths } from "./pending";
import type { Stamp } from "../../request/artefact";
import type { BatchRequest } from "../../request/request";
import { ReachedCluster } from "../cluster/reached";
import { batchReport } from "./report";
import { stampOf } from "./stamps";
import { stampFile, stampPath } from "../../store/bookkeeping";
import { nodeOfBatch } from "../../store/node-files";
import type { Store, StoredFile } from "../../store/store";
import { fromYamlDocuments } from "../../base/yaml";
import type { Work } from "../../store/work";

/**
 * Makes the artefacts that differ from what is wanted, each as soon as those that it is made from are done, and writes
 * them at the end. Everything is staged first, so that a full disk changes nothing; then each file is moved into place,
 * followed by its stamp. A kill at any time leaves whole files, old or new, and the next run decides by their content.
 */
export async function runBatch(
  request: BatchRequest,
  work: Work,
): Promise<void> {
  const { store, agent } = work;
  const artefacts = inOrder(request.artefacts.map(readArtefact), inputPathsOf);
  const results = await makeAll(artefacts, work);

  const files = [...results].flatMap(([artefact, made]) =>
    filesOf(artefact, made, request.batch),
  );
  const changed = files.filter((file) => !store.holds(file));
  const count = changed.filter(
    (file) => !isStamp(file) && !isPending(file),
  ).length;
  const node = nodeOfBatch(request.batch);
  const before = store.stamps(node);
  await store.write(files, agent);
  store.remove([...results.values()].flatMap(({ obsolete = [] }) => obsolete));
  const removed = removeUnlisted(request.batch, artefacts, before, store);

  for (const line of batchReport(request.title, results, {
    made: count,
    removed,
    isSame: changed.length === 0 && removed === 0,
  }))
    work.say(line);
}

type Results = ReadonlyMap<ParsedArtefact, Made>;

/** The files of the store from which an artefact is made. */
function inputPathsOf(artefact: ParsedArtefact): string[] {
  const { issuer, inputs, references, spec } = artefact;
  const referred = references?.length
    ? referredFiles(fromYamlDocuments(spec), references)
    : [];
  return [
    ...inputs,
    ...referred,
    ...(issuer
      ? [issuer.certificate, ...(issuer.key ? [issuer.key] : [])]
      : []),
  ];
}

async function makeAll(
  artefacts: readonly ParsedArtefact[],
  work: Work,
): Promise<Results> {
  const artefactsByPath = byPath(artefacts);
  const cluster = new ReachedCluster(work);
  const begun = new Map<ParsedArtefact, Promise<Made>>();
  const done = new Map<ParsedArtefact, Made>();
  const context = new BatchContext(work, artefactsByPath, done, cluster);
  for (const artefact of artefacts) {
    const before = inputPathsOf(artefact).flatMap(
      (path) => begun.get(artefactsByPath.get(path) ?? artefact) ?? [],
    );
    begun.set(
      artefact,
      Promise.all(before).then(async () => {
        const made = await makeOrDefer(artefact, context);
        done.set(artefact, made);
        work.report?.({
          files: { ready: filesIn([...done.keys()]), of: filesIn(artefacts) },
        });
        return made;
      }),
    );
  }
  // Waits for all before one failure is thrown: an unhandled rejection would end the process.
  const outcomes = await Promise.allSettled(begun.values());
  await cluster.close();
  return new Map(
    outcomes.map((outcome, at) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return [artefacts[at], outcome.value];
    }),
  );
}

const filesIn = (artefacts: readonly ParsedArtefact[]): number =>
  artefacts.reduce((sum, { files }) => sum + files.length, 0);

async function makeOrDefer(
  artefact: ParsedArtefact,
  context: BuildContext,
): Promise<Made> {
  try {
    return await MAKERS[artefact.kind](artefact, context);
  } catch (error) {
    if (error instanceof Deferred)
      return { contents: [], pending: error.pending };
    throw error;
  }
}

class BatchContext implements BuildContext {
  readonly store: Store;
  readonly now: Date;

  constructor(
    readonly work: Work,
    private readonly artefactsByPath: ReadonlyMap<string, ParsedArtefact>,
    private readonly done: Results,
    private readonly cluster: ReachedCluster,
  ) {
    this.store = work.store;
    this.now = work.now;
  }

  api(): Promise<KubernetesApi> {
    return this.cluster.api();
  }

  read(path: string): Buffer | undefined {
    const artefact = this.artefactsByPath.get(path);
    const content =
      artefact &&
      this.done.get(artefact)?.contents[
        artefact.files.findIndex((file) => file.path === path)
      ];
    if (content !== undefined) return Buffer.from(content);
    const extraFiles = [...this.done.values()].flatMap(
      (made) => made.extraFiles ?? [],
    );
    return (
      extraFiles.find((file) => file.path === path)?.content ??
      this.store.read(path)
    );
  }

  need(path: string, wantedBy: ParsedArtefact): Buffer {
    const content = this.read(path);
    if (content !== undefined) return content;
    const pending = this.pendingOf(path);
    throw pending
      ? new Deferred(pending)
      : missingInput(this.store.shown(path), wantedBy.purpose);
  }

  private pendingOf(path: string): Made["pending"] {
    const artefact = this.artefactsByPath.get(path);
    if (artefact) return this.done.get(artefact)?.pending;
    const stamps = [...this.store.stamps().values()];
    return stamps.find(({ files }) => pathsIn(files).includes(path))?.pending;
  }
}

const isSecret = ({ mode }: { mode: number }): boolean => (mode & 0o077) === 0;

/**
 * Private keys come first: after a kill, a key without its certificate can be used, but not a certificate without its
 * key.
 */
function filesOf(
  artefact: ParsedArtefact,
  made: Made,
  batch: string,
): StoredFile[] {
  const own = artefact.files
    .flatMap((file, at) =>
      at in made.contents
        ? [{ ...file, content: Buffer.from(made.contents[at]) }]
        : [],
    )
    .sort((a, b) => Number(isSecret(b)) - Number(isSecret(a)));
  return [
    ...(made.extraFiles ?? []),
    ...own,
    stampFile(artefact.path, stampOf(artefact, made, batch)),
  ];
}

const isStamp = ({ path }: StoredFile): boolean => path.startsWith(".stamps/");
const isPending = ({ path }: StoredFile): boolean =>
  path.startsWith("pending/");

/** Removes files that this batch made before and no longer lists, except those that cannot be made again. */
function removeUnlisted(
  batch: string,
  artefacts: readonly ParsedArtefact[],
  before: ReadonlyMap<string, Stamp>,
  store: Store,
): number {
  const listed = new Set(artefacts.map(({ path }) => path));
  const wanted = new Set(byPath(artefacts).keys());
  for (const stamp of store.stamps(nodeOfBatch(batch)).values()) {
    if (stamp.batch !== batch)
      for (const path of pathsIn(stamp.files)) wanted.add(path);
  }
  const ours = [...before].filter(
    ([, stamp]) => stamp.batch === batch && !isPermanent(stamp),
  );
  return ours.reduce((count, [path, { files }]) => {
    const unwanted = pathsIn(files).filter((file) => !wanted.has(file));
    const gone = listed.has(path)
      ? []
      : [...Object.values(pendingPaths(path)), stampPath(path)];
    store.remove([...unwanted, ...gone]);
    return count + unwanted.length;
  }, 0);
}
