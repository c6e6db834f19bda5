import { rmSync } from "node:fs";
import { join } from "node:path";
import { listIfThere } from "../../base/files";
import { BACKUPS } from "../../catalog/paths";
import { BACKUP_ENDING, type BackupManifest } from "../../request/backup";
import type { Connections } from "../cluster/connections";
import { keyFingerprint, neededFiles } from "./contents";
import {
  backupName,
  isAutomatic,
  outdatedBackups,
  type Retention,
} from "./retention";
import { snapshotSource } from "./source";
import { INCOMPLETE, writeBackup } from "./write";

export interface BackupOptions {
  /** The folder, absolute. @default - `backups` in the store */
  readonly folder?: string;
  /** Why it is made by itself: `upgrade`. @default - somebody asked for it */
  readonly before?: string;
  readonly retention: Retention;
}

export interface Backup {
  /** The absolute path of the file. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly manifest: BackupManifest;
  /** The names of older backups that were removed. */
  readonly removed: readonly string[];
}

/** Saves etcd, and the keys that it needs, into one file, and then removes backups that are no longer kept. */
export async function backUp(
  connections: Connections,
  { folder, before, retention }: BackupOptions,
): Promise<Backup> {
  const { store, clock } = connections.work;
  const source = await snapshotSource(connections);
  const {
    clusterName = "",
    kubernetesVersion = "",
    nodes,
  } = store.inventory() ?? {};
  const created = new Date(clock.now());
  const directory = folder ?? store.at(BACKUPS);
  const name = backupName(clusterName, created, before);
  const path = join(directory, name);
  const files = new Map(
    neededFiles(store, { nodes }).flatMap((each) => {
      const content = store.read(each);
      return content ? [[each, content] as const] : [];
    }),
  );
  const keys = [...files].flatMap(([each, content]) => {
    const key = keyFingerprint(content);
    return key === undefined ? [] : [[each, key] as const];
  });
  // Elsewhere, another store may just be writing.
  if (folder === undefined) forgetIncomplete(directory);
  const { manifest, size } = await writeBackup({
    path,
    shown: folder === undefined ? store.shown(`${BACKUPS}/${name}`) : path,
    manifest: {
      clusterName,
      created: created.toISOString(),
      kubernetesVersion,
      keys: Object.fromEntries(keys),
    },
    files,
    source,
  });
  const removed = outdatedBackups(
    listIfThere(directory).filter(
      (each) => isAutomatic(each) === (before !== undefined),
    ),
    clusterName,
    retention,
    clock.now(),
  );
  for (const each of removed) rmSync(join(directory, each), { force: true });
  return { path, size, manifest, removed };
}

/** Removes what is left of backups that were killed. Two are never made at once in a store, because it is locked. */
function forgetIncomplete(directory: string): void {
  for (const name of listIfThere(directory))
    if (name.endsWith(`${BACKUP_ENDING}${INCOMPLETE}`))
      rmSync(join(directory, name), { force: true });
}
