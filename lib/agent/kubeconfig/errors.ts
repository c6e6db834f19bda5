import { lines } from "../../base/errors";

/** Errors about users' kubeconfigs, which others change as well. */

export const notAKubeconfig = (path: string, reason: string) =>
  lines(
    `${path} is not a kubeconfig to which entries can be added: ${reason}.`,
    "Allowed is one YAML document with clusters, contexts and users, or no file at all. Correct it, or give another path, and apply again. Nothing in it was changed.",
  );

export interface Conflict {
  /** `user cdktf:prod` */
  readonly title: string;
  /** `delete-user cdktf:prod` */
  readonly removal: string;
  /** The names of the fields that somebody changed; absent if the entry is foreign. */
  readonly changed?: readonly string[];
}

export const conflictingEntries = (
  path: string,
  conflicts: readonly Conflict[],
) =>
  lines(
    `${path} was not changed, because entries of others would be overwritten:`,
    ...conflicts.map(({ title, changed }) =>
      changed
        ? `  ${title}: somebody changed ${changed.join(", ")}`
        : `  ${title}: a foreign entry with this name exists`,
    ),
    "To keep such an entry, rename it in that file, or choose another context name in the program. To replace it, delete it:",
    ...conflicts.map(({ removal }) => `  kubectl config ${removal}`),
    "Then apply again.",
  );

export const kubeconfigLocked = (path: string, lock: string, waited: string) =>
  lines(
    `Another program is changing ${path}: ${lock} still exists after ${waited}.`,
    "kubectl creates that file while it writes. If no kubectl is running, delete it and apply again.",
  );

export const kubeconfigChanging = (path: string) =>
  lines(
    `Another program changed ${path} again and again while entries were to be added.`,
    "Apply again when no program writes to it. Nothing in it was changed.",
  );

export const unwritableKubeconfig = (path: string, code: string) =>
  lines(
    `${path} cannot be written: ${code}.`,
    "You need write permission for the file and its folder. Correct the permissions or free some space, and apply again.",
  );

export const kubeconfigUnfinished = (path: string) =>
  lines(
    `${path} does not exist, so it cannot be merged.`,
    "It may wait for the signature of an external CA: check this with cdktf-control-plane inspect, then apply again.",
  );

export const relativeInKubeconfig = (
  path: string,
  field: string,
  value: string,
) =>
  lines(
    `${path} has the relative path ${value} as its ${field}. In a kubeconfig in another folder, that would be another file.`,
    "Allowed are absolute paths and embedded data.",
  );

export const notAFileToRead = (path: string, problem: string) =>
  lines(
    `${path} was not changed: ${problem}.`,
    "Replace it with a regular file, or remove it, and apply again.",
  );

/** Root must not write to a place that other users can change. */
export const notRootsToWrite = (path: string, problem: string) =>
  lines(
    `${path} was not changed: ${problem}.`,
    "Root does not write where another user could redirect it. Apply as the owner of the file, without sudo, or give a path in a folder that only root can change.",
  );
