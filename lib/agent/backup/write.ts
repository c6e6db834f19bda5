import { statfsSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pack } from "tar-stream";
import { errorCode, sha256, syncDirectory, writeError } from "../../base/files";
import {
  beginningOf,
  type BackupManifest,
  MANIFEST_ENTRY,
  SNAPSHOT_ENTRY,
  STORE_ENTRIES,
} from "../../request/backup";
import { TAR_BLOCK, tarSize } from "../../request/tar-header";
import { SNAPSHOT_HASH } from "../cluster/snapshot-reader";
import { revisionIn } from "./bolt";
import { SnapshotDigest } from "./digest";
import { backupFolderUnusable, cutSnapshot, noRoomForBackup } from "./errors";
import type { SnapshotSource } from "./source";

/** What a backup is written from. */
export interface BackupParts {
  /** The absolute path of the file. */
  readonly path: string;
  /** As messages show it. */
  readonly shown: string;
  readonly manifest: Pick<
    BackupManifest,
    "clusterName" | "created" | "kubernetesVersion" | "keys"
  >;
  /** Files of the store, by their paths there. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly source: SnapshotSource;
}

export interface WrittenBackup {
  readonly manifest: BackupManifest;
  /** Bytes. */
  readonly size: number;
}

/** Until it is complete, a backup has this ending, too. */
export const INCOMPLETE = ".incomplete";

/**
 * Streams a snapshot of etcd into a new backup. It gets its name when it is complete, so that no cut file looks like a
 * backup. Its manifest, which is first in it, is written last, because it has the hash of the snapshot.
 */
export async function writeBackup(parts: BackupParts): Promise<WrittenBackup> {
  const { path, shown } = parts;
  const incomplete = `${path}${INCOMPLETE}`;
  const file = await create(incomplete, shown);
  try {
    const written = await writeInto(file, parts);
    await file.sync();
    await rename(incomplete, path);
    await syncDirectory(dirname(path));
    return written;
  } catch (error) {
    await rm(incomplete, { force: true });
    throw writeError(error, shown);
  } finally {
    await file.close();
  }
}

async function create(path: string, shown: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // For reading, too: the revision is read from the finished database.
    return await open(path, "wx+", 0o600);
  } catch (error) {
    throw backupFolderUnusable(dirname(shown), errorCode(error));
  }
}

async function writeInto(
  file: FileHandle,
  { path, shown, manifest, files, source }: BackupParts,
): Promise<WrittenBackup> {
  const entries = [...files].map(
    ([name, content]) => [join(STORE_ENTRIES, name), content] as const,
  );
  const draft = (sha: string, revision: string): BackupManifest => ({
    format: 1,
    ...manifest,
    etcd: {
      version: source.version,
      clusterId: source.clusterId,
      takenFrom: source.node,
      members: source.members,
      revision,
    },
    files: {
      ...Object.fromEntries(
        entries.map(([name, content]) => [name, sha256(content)]),
      ),
      [SNAPSHOT_ENTRY]: sha,
    },
  });
  // The longest that it can be, so that the final one fits into its place.
  const room = textOf(draft("0".repeat(64), LONGEST_REVISION)).length;
  const before =
    beginningOf(room) +
    entries.reduce(
      (sum, [, content]) => sum + TAR_BLOCK + tarSize(content.length),
      0,
    );
  const digest = new SnapshotDigest();
  const archive = pack();
  const saved = saveTo(file, archive);
  // It is awaited below; this only prevents an unhandled rejection.
  saved.catch(() => undefined);
  let snapshot: NodeJS.WritableStream | undefined;
  let size = 0;
  try {
    await source.client.snapshot(
      async (announced) => {
        size = announced;
        requireRoom(dirname(path), dirname(shown), before + tarSize(size));
        archive.entry({ name: MANIFEST_ENTRY, mode: MODE }, " ".repeat(room));
        for (const [name, content] of entries)
          archive.entry({ name, mode: MODE }, content);
        snapshot = archive.entry({ name: SNAPSHOT_ENTRY, size, mode: MODE });
        digest.expect(size);
      },
      async (piece) => {
        digest.add(piece);
        if (!snapshot?.write(piece))
          await Promise.race([drained(snapshot), saved]);
      },
    );
  } catch (error) {
    archive.destroy();
    await saved.catch(() => undefined);
    throw error;
  }
  if (!digest.matches) {
    archive.destroy();
    await saved.catch(() => undefined);
    throw cutSnapshot(source.node);
  }
  snapshot?.end();
  archive.finalize();
  const written = await saved;
  const start = before + TAR_BLOCK;
  const revision = await revisionIn(file, start, size - SNAPSHOT_HASH);
  if (revision === undefined) throw cutSnapshot(source.node);
  const final = draft(digest.whole, revision);
  await file.write(textOf(final).padEnd(room - 1) + "\n", TAR_BLOCK);
  return { manifest: final, size: written };
}

const MODE = 0o600;
const LONGEST_REVISION = "9".repeat(19);

const textOf = (manifest: BackupManifest): string =>
  `${JSON.stringify(manifest, undefined, 2)}\n`;

const drained = (stream: NodeJS.WritableStream | undefined): Promise<void> =>
  new Promise((resolve) => stream?.once("drain", resolve));

/** Writes an archive to a file as it is made, and returns the number of bytes. */
async function saveTo(
  file: FileHandle,
  archive: AsyncIterable<unknown>,
): Promise<number> {
  let size = 0;
  for await (const chunk of archive) {
    const bytes = chunk as Buffer;
    await file.write(bytes);
    size += bytes.length;
  }
  return size;
}

/** Bytes that stay free, so that other programs can go on. */
const RESERVE = 16 * 1024 * 1024;

function requireRoom(folder: string, shown: string, size: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < size + RESERVE) throw noRoomForBackup(shown, size + RESERVE, free);
}
