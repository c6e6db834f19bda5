import { shownBytes } from "./limits";
import { visible, visibleLines } from "./visible";

/** An error that a user may see. Only its message is shown. Each has a factory function, as below. */
export class AgentError extends Error {
  constructor(message: string) {
    super(visible(message));
  }
}

/** An error with one line for each part. Line breaks inside a part are escaped, so no value can begin a line. */
export const lines = (...parts: readonly string[]): AgentError =>
  new AgentError(visibleLines(parts));

export const noRequest = () =>
  lines(
    "The environment holds no request: Terraform starts this program; it cannot be started by hand.",
    "Run `cdktf-control-plane deploy` instead.",
  );

/** @param lengths the lengths of the longest texts, in characters, by their names */
export function requestTooLong(
  lengths: Readonly<Record<string, number>>,
  most: number,
) {
  const longest = Object.entries(lengths)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 5)
    .map(([name, length]) => `${name} (${Math.ceil(length / 1024)} KiB)`);
  return lines(
    `The request that Terraform passes to the agent is too long: compressed and in base64 it has more than ${shownBytes(most)}, and operating systems limit the environment of a process.`,
    ...(longest.length > 0
      ? [
          `Its longest texts are ${longest.join(", ")}.`,
          "Write a long text to a file and give its path, as `file` of manifests or as `source` of a node's file: then only the path and a hash are passed.",
        ]
      : ["Divide its nodes into several worker pools."]),
  );
}

export const invalidRequest = (what: string) =>
  lines(
    `The request cannot be read: ${what}.`,
    "It was synthesized with another version of the library than this agent's: run your app again, or `cdktf-control-plane deploy`.",
  );

export const invalidDuration = (given: string) =>
  lines(
    `${JSON.stringify(given)} is not a duration.`,
    "Write it in Go's notation: 8760h, 90m, 1h30m0s.",
  );

export const unreadableUserFile = (
  path: string,
  wantedBy: string,
  reason: string,
) =>
  lines(
    `${path}, given for ${wantedBy}, cannot be read: ${reason}.`,
    "Give the path of a file that the user who runs Terraform may read.",
  );

export const changedUserFile = (path: string, wantedBy: string) =>
  lines(
    `${path}, given for ${wantedBy}, changed after the plan was made.`,
    "Apply again: the new plan shows the effects of the change.",
  );

export const unwritableStore = (path: string, code: string) =>
  lines(
    `${path} cannot be written (${code}).`,
    "The store must belong to the user who runs Terraform: check the owner of the folder and whether its disk is mounted read-only.",
    "The files of the store were not changed.",
  );

export const unusableFile = (path: string, action: string, code: string) =>
  lines(
    `${path} cannot be used: ${action} failed (${code}).`,
    "Check its kind, its owner and its mode; then run this again.",
  );

export const fullDisk = (path: string, code: string) =>
  lines(
    `No space is left for ${path} (${code}).`,
    "Free some space on that disk and apply again. The files of the store were not changed.",
  );

export const systemHangs = (program: string, seconds: number) =>
  lines(
    `${program}, which lists the processes of this machine, did not end within ${seconds} s, so it is unknown whether another run still works on the store.`,
    `Find out why ${program} hangs (a network file system that does not answer, for example), and apply again.`,
  );

export const homeUnknown = (path: string) =>
  lines(
    `${path} begins with your home directory, which is unknown because HOME is not set.`,
    "Set HOME, or write an absolute path.",
  );
