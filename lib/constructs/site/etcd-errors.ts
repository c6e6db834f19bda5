import { error, show } from "../errors";

/** Errors about the settings of etcd. Each says what was given, what is allowed, and what to do. */

export const notWholeNumber = (prop: string, given: number) =>
  error(
    `${prop} is ${show(given)}.`,
    "Allowed is a whole number above 0.",
    "Write one, such as 1000.",
  );

export const numberOutOfRange = (prop: string, given: number, most: number) =>
  error(
    `${prop} is ${given} milliseconds, with which etcd does not start.`,
    `Allowed are at most ${most}.`,
    `Write ${most}, or less.`,
  );

export const electionTooShort = (
  heartbeat: number,
  election: number,
  times: number,
) =>
  error(
    `etcd.electionTimeout is ${election} milliseconds, but the leader is heard only every ${heartbeat} (etcd.heartbeatInterval), so etcd does not start.`,
    `Allowed is at least ${times} times the interval.`,
    `Set electionTimeout: ${10 * heartbeat}, for example.`,
  );

export const saidTwice = (prop: string, flag: string) =>
  error(
    `${prop} and etcd.extraArgs["${flag}"] set the same flag.`,
    "Allowed is one of them.",
    `Remove "${flag}" from extraArgs.`,
  );

export const notConfirmed = (given: string, clusterName: string) =>
  error(
    `etcd.restore.confirm is ${show(given)}, but the cluster whose data would be replaced is ${show(clusterName)}.`,
    `Allowed is ${show(clusterName)}.`,
    "Make sure that this is the cluster which loses its present data, and write its name.",
  );

export const notABackup = (file: string) =>
  error(
    `etcd.restore.snapshot ${show(file)} is not a backup.`,
    "Allowed is a file that `cdktf-control-plane backup` wrote.",
    `Run \`cdktf-control-plane backup verify ${file}\` to see what is wrong with it.`,
  );

export const otherCluster = (
  file: string,
  given: string,
  clusterName: string,
) =>
  error(
    `etcd.restore.snapshot ${show(file)} is a backup of the cluster ${show(given)}.`,
    `Allowed is a backup of ${show(clusterName)}.`,
    "Give the path of another backup.",
  );

export const otherEtcdMinor = (file: string, given: string, release: string) =>
  error(
    `etcd.restore.snapshot ${show(file)} was made with etcd ${given}, but etcd ${release} would read it.`,
    "Allowed is a backup of the same minor release of etcd.",
    "Set the kubernetesVersion that the cluster had then, or choose etcd's release with `image` or `version`; restore, and upgrade afterwards.",
  );

export const restoreWithWalDir = () =>
  error(
    'etcd.extraArgs["wal-dir"] puts a part of etcd\'s data into another folder, and a restore replaces only the data directory.',
    "Allowed is a restore of an etcd that has all its data in one folder.",
    "Remove wal-dir, or restore by hand as docs/disaster-recovery.md describes it.",
  );

export const invalidSchedule = (given: string) =>
  error(
    `etcd.backup.schedule ${show(given)} is not a time as a timer of systemd has it.`,
    "Allowed is one calendar expression of systemd, as a literal.",
    'Write "daily", "hourly" or "*-*-* 03:00:00", for example; `systemd-analyze calendar` explains any expression.',
  );

export const noBackupsKept = (given: number) =>
  error(
    `etcd.backup.keep is ${show(given)}.`,
    "Allowed is a whole number above 0: that many snapshots stay on each host.",
    "Write one, such as 7, or leave it out.",
  );

export const backupInEtcdData = (directory: string, dataDir: string) =>
  error(
    `etcd.backup.directory ${show(directory)} is in etcd's data directory ${show(dataDir)}, with which the snapshots would be lost.`,
    "Allowed is a directory outside of it, preferably on another disk.",
    'Write "/var/backups/etcd", for example.',
  );
