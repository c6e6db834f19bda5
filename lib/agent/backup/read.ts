import type { FileHandle } from "node:fs/promises";
import { AgentError } from "../../base/errors";
import { sha256 } from "../../base/files";
import { LIMITS } from "../../base/limits";
import { openPlainFile, readAt, reasonOf } from "../../base/plain-file";
import {
  expecting,
  fields,
  list,
  Mismatch,
  readJson,
  record,
  type Shape,
  text,
  textThat,
} from "../../base/shape";
import {
  type BackupManifest,
  manifestSize,
  SNAPSHOT_ENTRY,
  STORE_ENTRIES,
} from "../../request/backup";
import { readTarHeader, TAR_BLOCK, tarSize } from "../../request/tar-header";
import { isInside } from "../../store/shapes";
import { SNAPSHOT_HASH } from "../cluster/snapshot-reader";
import { revisionIn } from "./bolt";
import { keyFingerprint } from "./contents";
import { SnapshotDigest } from "./digest";
import { damagedBackup, noBackup } from "./errors";

/** A backup that is whole: every entry has its SHA-256, the database is readable, and each key fits its certificate. */
export interface VerifiedBackup {
  readonly manifest: BackupManifest;
  /** Where the snapshot is in the file, and its length with the hash behind it. */
  readonly snapshot: {
    readonly start: number;
    readonly size: number;
    readonly sha256: string;
  };
  /** The files of the store in it, by their paths there. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Bytes of the whole file. */
  readonly size: number;
}

/** Reads all of a backup, and throws if anything in it is not as it was written. */
export async function verifyBackup(
  path: string,
  shown: string,
): Promise<VerifiedBackup> {
  let file: FileHandle | undefined;
  try {
    file = await openPlainFile(path);
    return await verify(file, shown);
  } catch (error) {
    if (error instanceof AgentError) throw error;
    throw noBackup(shown, reasonOf(error));
  } finally {
    await file?.close();
  }
}

/** The manifest at the beginning of a backup. Nothing else is read. */
async function readManifest(
  file: FileHandle,
  shown: string,
): Promise<BackupManifest> {
  const size = manifestSize(await readAt(file, 0, TAR_BLOCK));
  if (size === undefined)
    throw noBackup(shown, "it does not begin with a manifest");
  const content = (await readAt(file, TAR_BLOCK, size)).toString();
  return expecting(
    () => readJson(content, MANIFEST),
    (problem) => noBackup(shown, `in its manifest, ${problem}`),
  );
}

const FORMAT = 1;
const hash = textThat((given) => /^[0-9a-f]{64}$/.test(given), "a SHA-256");
const number = textThat((given) => /^\d{1,19}$/.test(given), "a number");

const MANIFEST: Shape<BackupManifest> = fields<BackupManifest>({
  format: (value, at = "") => {
    if (value === FORMAT) return FORMAT;
    throw new Mismatch(
      `${at} is ${JSON.stringify(value)}, and this version of the library reads ${FORMAT}`,
    );
  },
  clusterName: text,
  created: textThat((given) => !isNaN(Date.parse(given)), "a time"),
  kubernetesVersion: text,
  etcd: fields({
    version: text,
    clusterId: text,
    takenFrom: text,
    members: list(text),
    revision: number,
  }),
  files: record(hash),
  keys: record(hash),
});

async function verify(
  file: FileHandle,
  shown: string,
): Promise<VerifiedBackup> {
  const damaged = (reason: string) => damagedBackup(shown, reason);
  const manifest = await readManifest(file, shown);
  const { size } = await file.stat();
  const files = new Map<string, Buffer>();
  const seen = new Set<string>();
  const digest = new SnapshotDigest();
  let snapshot: VerifiedBackup["snapshot"] | undefined;
  for (let at = 0; ;) {
    const block = await readAt(file, at, TAR_BLOCK);
    const header = readTarHeader(block);
    if (header === undefined) {
      if (block.length === TAR_BLOCK && block.every((byte) => byte === 0))
        break;
      throw damaged("it ends too early, or has no entry where one begins");
    }
    const start = at + TAR_BLOCK;
    at = start + tarSize(header.size);
    if (start === TAR_BLOCK) continue;
    const { name } = header;
    const expected = manifest.files[name];
    if (expected === undefined || seen.has(name))
      throw damaged(`it has an entry ${JSON.stringify(name)} too many`);
    seen.add(name);
    let found: string;
    if (name === SNAPSHOT_ENTRY) {
      snapshot = { start, size: header.size, sha256: expected };
      digest.expect(header.size);
      for await (const piece of piecesOf(file, start, header.size))
        digest.add(piece);
      found = digest.whole;
    } else {
      const [path, content] = await storeFile(file, start, header, shown);
      files.set(path, content);
      found = sha256(content);
    }
    if (found !== expected)
      throw damaged(`${name} has not the SHA-256 that the manifest lists`);
  }
  const missing = Object.keys(manifest.files).find((name) => !seen.has(name));
  if (missing !== undefined || snapshot === undefined)
    throw damaged(`${missing ?? SNAPSHOT_ENTRY} is missing`);
  if (!digest.matches)
    throw damaged("the snapshot has not the SHA-256 that etcd wrote behind it");
  if (
    (await revisionIn(file, snapshot.start, snapshot.size - SNAPSHOT_HASH)) !==
    manifest.etcd.revision
  )
    throw damaged(
      "the snapshot is not a database with the manifest's revision",
    );
  for (const [path, expected] of Object.entries(manifest.keys)) {
    const content = files.get(path);
    if (content === undefined || keyFingerprint(content) !== expected)
      throw damaged(`${path} has not the key that the manifest lists`);
  }
  return { manifest, snapshot, files, size };
}

async function storeFile(
  file: FileHandle,
  start: number,
  { name, size }: { readonly name: string; readonly size: number },
  shown: string,
): Promise<[string, Buffer]> {
  const path = name.slice(STORE_ENTRIES.length + 1);
  if (!name.startsWith(`${STORE_ENTRIES}/`) || !isInside(path))
    throw damagedBackup(
      shown,
      `${JSON.stringify(name)} is not a file of a store`,
    );
  if (size > LIMITS.storeFile)
    throw damagedBackup(shown, `${name} has ${size} bytes`);
  return [path, await readAt(file, start, size)];
}

const CHUNK = 1024 * 1024;

/** Reads a part of a file in pieces. */
async function* piecesOf(
  file: FileHandle,
  start: number,
  size: number,
): AsyncGenerator<Buffer> {
  for (let done = 0; done < size;) {
    const piece = await readAt(
      file,
      start + done,
      Math.min(CHUNK, size - done),
    );
    if (piece.length === 0) return;
    yield piece;
    done += piece.length;
  }
}
