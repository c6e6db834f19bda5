import { createReadStream } from "node:fs";
import { absolutePath } from "../../base/user-paths";
import type { RestoreRequest } from "../../request/request";
import type { Inventory } from "../../store/inventory";
import type { Store } from "../../store/store";
import { keyFingerprint } from "./contents";
import { generationOf } from "../../catalog/encryption";
import {
  encryptedBackup,
  foreignBackup,
  otherEncryptionKeys,
  otherSnapshot,
} from "./errors";
import { verifyBackup, type VerifiedBackup } from "./read";

/** How far the revision grows, so that no client mistakes what it remembers for what is there now. */
const REVISION_BUMP = "1000000000";

/** Whether the program asks for a restore that has not been done. */
export const isRestoreDue = (
  restore: RestoreRequest | undefined,
  { restored = {} }: Pick<Inventory, "restored">,
): boolean => restore !== undefined && !(restore.snapshot in restored);

/** What a restore brings, if it has not been done: `revision 446 of 2026-11-29T21:41:26.000Z`. */
export const dueRestore = (
  restore: RestoreRequest | undefined,
  inventory: Pick<Inventory, "restored">,
): string | undefined =>
  restore && isRestoreDue(restore, inventory)
    ? `revision ${restore.revision} of ${restore.created}`
    : undefined;

/** The inventory after a restore. */
export const withRestored = (
  inventory: Inventory,
  { snapshot }: RestoreRequest,
  time: string,
): Inventory => ({
  ...inventory,
  restoring: undefined,
  restored: { ...inventory.restored, [snapshot]: time },
});

/** The path of the backup, which is relative to the folder in which Terraform runs. */
const pathOf = ({ file }: RestoreRequest): string => absolutePath(file);

/**
 * Examines the whole backup, before anything is touched: it has to be whole, and of the cluster whose keys the store has.
 *
 * @param encrypts whether API servers get encryption keys, without which they cannot read what was encrypted then
 */
export async function openBackup(
  restore: RestoreRequest,
  store: Store,
  encrypts: boolean,
): Promise<VerifiedBackup> {
  const { file, snapshot } = restore;
  const backup = await verifyBackup(pathOf(restore), file);
  const { manifest, snapshot: place } = backup;
  if (place.sha256 !== snapshot) throw otherSnapshot(file);
  const others = Object.entries(manifest.keys).filter(([path, key]) => {
    const content = store.read(path);
    return content !== undefined && keyFingerprint(content) !== key;
  });
  const encryptionKeys = [...backup.files].filter(
    ([path]) => generationOf(path) !== undefined,
  );
  if (encryptionKeys.length > 0 && !encrypts) throw encryptedBackup(file);
  const lost = encryptionKeys.flatMap(([path, content]) =>
    store.read(path)?.equals(content) ? [] : [store.shown(path)],
  );
  if (lost.length > 0) throw otherEncryptionKeys(file, lost);
  if (others.length > 0)
    throw foreignBackup(
      file,
      others.map(([path]) => store.shown(path)),
    );
  return backup;
}

/** The snapshot in a backup. */
export const snapshotStream = (
  restore: RestoreRequest,
  { snapshot: { start, size } }: VerifiedBackup,
) => createReadStream(pathOf(restore), { start, end: start + size - 1 });

export interface RestoreOptions {
  /** The snapshot's path. */
  readonly file: string;
  /** A folder that is empty or does not exist. */
  readonly dataDir: string;
  /** The same for all members, and different from that of every earlier cluster, so that old data cannot join. */
  readonly token: string;
  /** The names of the members. Absent: all that the command lists. */
  readonly members?: readonly string[];
}

/**
 * The arguments with which etcdutl makes the data of one member from a snapshot.
 *
 * @param command the command with which that member's etcd is started
 * @see https://etcd.io/docs/v3.6/op-guide/recovery/
 */
export function restoreArguments(
  command: readonly string[],
  { file, dataDir, token, members }: RestoreOptions,
): string[] {
  const valueOf = (flag: string): string =>
    command
      .findLast((word) => word.startsWith(`--${flag}=`))
      ?.split(/=(.*)/s)[1] ?? "";
  const cluster = valueOf("initial-cluster")
    .split(",")
    .filter((each) => members?.includes(each.split("=")[0]) ?? true);
  return [
    "snapshot",
    "restore",
    file,
    `--data-dir=${dataDir}`,
    `--name=${valueOf("name")}`,
    `--initial-cluster=${cluster.join(",")}`,
    `--initial-advertise-peer-urls=${valueOf("initial-advertise-peer-urls")}`,
    `--initial-cluster-token=${token}`,
    `--bump-revision=${REVISION_BUMP}`,
    "--mark-compacted",
  ];
}
