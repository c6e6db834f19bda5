import { readTarHeader, TAR_BLOCK, tarSize } from "./tar-header";

/** How the names of backup files end. A backup is a tar archive. */
export const BACKUP_ENDING = ".backup";

/** The first entry of a backup: a {@link BackupManifest} in JSON. */
export const MANIFEST_ENTRY = "backup.json";

/** The entry with etcd's snapshot, as `etcdutl snapshot restore` reads it. It is the last one. */
export const SNAPSHOT_ENTRY = "etcd.db";

/** The folder in a backup with files of the store, at their paths in the store. */
export const STORE_ENTRIES = "store";

/** What a backup holds. */
export interface BackupManifest {
  /** The version of this format. */
  readonly format: 1;
  readonly clusterName: string;
  /** A time as in RFC 3339. */
  readonly created: string;
  /** `v1.36.3` */
  readonly kubernetesVersion: string;
  readonly etcd: {
    /** `3.6.8` */
    readonly version: string;
    readonly clusterId: string;
    /** The member that gave the snapshot. */
    readonly takenFrom: string;
    readonly members: readonly string[];
    /** The revision of the newest change in it. 64-bit numbers are strings. */
    readonly revision: string;
  };
  /** The SHA-256 of each entry, by its name. */
  readonly files: Readonly<Record<string, string>>;
  /** SHA-256 of each public key that the cluster trusts, by the path of its file in the store. */
  readonly keys: Readonly<Record<string, string>>;
}

/** The most bytes that a manifest may have. */
export const LONGEST_MANIFEST = 1024 * 1024;

/** The bytes at the beginning of a backup that hold the manifest. */
export const beginningOf = (manifestSize: number): number =>
  TAR_BLOCK + tarSize(manifestSize);

/** The bytes of the manifest, from the first header of a file; `undefined` if the file is no backup. */
export function manifestSize(block: Buffer): number | undefined {
  const header = readTarHeader(block);
  return header?.name === MANIFEST_ENTRY && header.size <= LONGEST_MANIFEST
    ? header.size
    : undefined;
}
