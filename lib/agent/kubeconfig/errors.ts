import { type AgentError, lines } from "../../base/errors";

/** Errors about kubeconfigs of people, which others write into as well. */
export const notAKubeconfig = (path: string, reason: string): AgentError =>
  lines(
    `${path} is not a kubeconfig that can be merged into: ${reason}.`,
    "Allowed is one YAML document with clusters, contexts and users, or no file at all. Mend it, or name another path, and apply again: nothing in it was changed.",
  );

export interface Conflict {
  /** `user cdktf:prod` */
  readonly title: string;
  /** `delete-user cdktf:prod` */
  readonly removal: string;
  /** The names of fields that somebody changed; absent where the entry never was ours. */
  readonly changed?: readonly string[];
}

export const conflictingEntries = (
  path: string,
  conflicts: readonly Conflict[],
): AgentError =>
  lines(
    `${path} was left as it is, since others wrote what would be overwritten:`,
    ...conflicts.map(({ title, changed }) =>
      changed
        ? `  ${title}: ${changed.join(", ")} changed by another hand`
        : `  ${title}: there is one already, of somebody else`,
    ),
    "To keep it, give it another name in that file, or the context another one in the program. To have it put there anew, delete it:",
    ...conflicts.map(({ removal }) => `  kubectl config ${removal}`),
    "Then apply again.",
  );

export const kubeconfigLocked = (
  path: string,
  lock: string,
  waited: string,
): AgentError =>
  lines(
    `${path} is being written by somebody else: ${lock} is still there after ${waited}.`,
    `kubectl makes that file while it writes. If no kubectl runs, delete it, and apply again.`,
  );

export const kubeconfigChanging = (path: string): AgentError =>
  lines(
    `${path} is changed again and again while it is merged into.`,
    "Apply again when nobody writes to it: nothing in it was changed.",
  );

export const unwritableKubeconfig = (path: string, code: string): AgentError =>
  lines(
    `${path} cannot be written: ${code}.`,
    "Allowed is a file that you may write, in a folder that you may write to. Correct its rights or free some space, and apply again.",
  );

export const kubeconfigUnfinished = (path: string): AgentError =>
  lines(
    `${path} is not there, so that it cannot be merged.`,
    "It may wait for the signature of an authority that is elsewhere: see what cdktf-control-plane inspect says of it, then apply again.",
  );

export const relativeInKubeconfig = (
  path: string,
  field: string,
  value: string,
): AgentError =>
  lines(
    `${path} names the file ${value} as its ${field}, which means another file where it is merged into another folder.`,
    "Allowed are absolute paths, or what is embedded.",
  );

export const notAFileToRead = (path: string, problem: string): AgentError =>
  lines(
    `${path} was left as it is: ${problem}.`,
    "Put a plain file in its place, or remove it, and apply again.",
  );

/** Of what would be done by root in a place that others can change. */
export const notRootsToWrite = (path: string, problem: string): AgentError =>
  lines(
    `${path} was left as it is: ${problem}.`,
    "Root writes nothing where somebody else could lead it. Apply as the user whose file it is, without sudo, or give root a folder of its own, and apply again.",
  );
