import { ETCD_BACKUP_DEFAULTS } from "../../catalog/etcd-backup";
import type { EtcdBackup, LocalEtcd } from "../../catalog/site";
import { invalidPath } from "../errors";
import { isPlainPath, withoutSlash } from "../hosts";
import { CALENDAR } from "../patterns";
import {
  backupInEtcdData,
  invalidSchedule,
  noBackupsKept,
} from "./etcd-errors";

/** Describes how the hosts of etcd's members save it by themselves. */
export interface PeriodicBackupProps {
  /**
   * When it is saved: a calendar expression of systemd, such as `daily` or `*-*-* 03:00:00`. A run that was missed while
   * a host was off is made up for.
   * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.time.html#Calendar%20Events
   */
  readonly schedule: string;

  /**
   * How many snapshots each host keeps. A whole number above 0.
   * @default 7
   */
  readonly keep?: number;

  /**
   * The directory on the hosts for the snapshots, an absolute path outside of `dataDir`. It is made if it does not exist.
   * @default "/var/backups/etcd"
   */
  readonly directory?: string;
}

/** How the members save etcd. Whether systemd takes the schedule, each host says before it is changed. */
export function backupOf({
  schedule,
  keep = ETCD_BACKUP_DEFAULTS.keep,
  directory = ETCD_BACKUP_DEFAULTS.directory,
}: PeriodicBackupProps): EtcdBackup {
  return { schedule, keep, directory: withoutSlash(directory) };
}

/** Throws if the members could not save etcd in this way. */
export function validateBackup({
  backup,
  dataDir,
}: Pick<LocalEtcd, "backup" | "dataDir">): void {
  if (backup === undefined) return;
  const { schedule, keep, directory } = backup;
  if (!CALENDAR.test(schedule)) throw invalidSchedule(schedule);
  if (!Number.isSafeInteger(keep) || keep < 1) throw noBackupsKept(keep);
  if (!isPlainPath(directory))
    throw invalidPath("etcd.backup.directory", directory);
  if (`${directory}/`.startsWith(`${dataDir}/`))
    throw backupInEtcdData(directory, dataDir);
}
