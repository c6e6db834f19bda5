import { lines } from "../../base/errors";
import { sizeInWords } from "../../base/size";

export const noHealthyMember = (reasons: readonly string[]) =>
  lines(
    "No etcd member is healthy, so no snapshot can be taken:",
    ...reasons.map((each) => `  ${each}`),
    "Run `cdktf-control-plane check`, mend what it names, and run the same command again.",
  );

export const noRoomForBackup = (folder: string, needed: number, free: number) =>
  lines(
    `${folder} has ${sizeInWords(free)} of free space, and the backup needs ${sizeInWords(needed)}.`,
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

export const otherSnapshot = (file: string) =>
  lines(
    `${file} has been replaced since the plan was made: its snapshot is another one.`,
    "Plan again, and read which revision the plan names.",
  );

/** @param others files of the store whose keys differ */
export const foreignBackup = (file: string, others: readonly string[]) =>
  lines(
    `${file} is not a backup of this cluster: ${others.join(", ")} in the store ${others.length > 1 ? "have other keys" : "has another key"} than in the backup.`,
    "Nothing was changed. Use a backup of this cluster; or, if the store is the wrong one, put the files of the backup into it: `tar --extract --file FILE --directory STORE --strip-components 1 store`.",
  );

export const encryptedBackup = (file: string) =>
  lines(
    `${file} has encryption keys, so its values may be encrypted, and the program has no \`encryption\`: API servers could not read them.`,
    "Nothing was changed. Give `encryption` in the program, also if values should not be encrypted any more: `Encryption.identity({ resources: […], generation })` decrypts them.",
  );

/** @param lost files of the store that are missing or differ */
export const otherEncryptionKeys = (file: string, lost: readonly string[]) =>
  lines(
    `${file} needs encryption keys that the store does not have: ${lost.join(", ")}.`,
    "Nothing was changed. Put them into the store from the backup, if it is of this cluster: `tar --extract --file FILE --directory STORE --strip-components 1 store/pki/encryption`.",
  );

export const etcdutlMissing = (node: string, where: string) =>
  lines(
    `${node}: etcdutl, which makes etcd's data from a snapshot, is not ${where}.`,
    "Nothing was changed. Put the etcdutl of the same release beside etcd, and apply again: it is in every archive of https://github.com/etcd-io/etcd/releases.",
  );

export const notRestored = (node: string, reason: readonly string[]) =>
  lines(
    `${node}: etcdutl did not make etcd's data from the snapshot:`,
    ...reason.map((each) => `  ${each}`),
    "The data that etcd had before are kept beside the data directory. Mend the cause and apply again, which starts the restore anew.",
  );
