import { lines } from "../../base/errors";
import { shownSize } from "./size";

export const noEtcdOfOurs = (store: string) =>
  lines(
    `${store}: the cluster has no etcd that a rollout of this store set up, so there is nothing to save.`,
    "Name the store of a control plane that was deployed. An etcd that is set up elsewhere needs a backup of its own.",
  );

export const noHealthyMember = (reasons: readonly string[]) =>
  lines(
    "No etcd member is healthy, so no snapshot can be taken:",
    ...reasons.map((each) => `  ${each}`),
    "Run `cdktf-control-plane check`, mend what it names, and run the same command again.",
  );

export const noRoomForBackup = (folder: string, needed: number, free: number) =>
  lines(
    `${folder} has ${shownSize(free)} of free space, and the backup needs ${shownSize(needed)}.`,
    "Remove old backups there, or choose another folder with --to.",
  );

export const backupFolderUnusable = (folder: string, reason: string) =>
  lines(
    `No backup can be written to ${folder}: ${reason}.`,
    "Name a folder in which you may create files with --to.",
  );

export const cutSnapshot = (member: string) =>
  lines(
    `The snapshot of ${member} is not what the member announced: its SHA-256 or its length does not match.`,
    "Nothing was kept. Run the same command again; if the same happens, examine the disk of that member.",
  );

export const noBackup = (file: string, reason: string) =>
  lines(
    `${file} is not a backup: ${reason}.`,
    "Give a file that `cdktf-control-plane backup` wrote.",
  );

export const damagedBackup = (file: string, reason: string) =>
  lines(
    `${file} is damaged: ${reason}.`,
    "Use another backup, or another copy of this one.",
  );
