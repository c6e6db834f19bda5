import { visible, visibleLines } from "./visible";

/** An error that a user can meet: its message is all that is shown. One factory for each below. */
export class AgentError extends Error {
  constructor(message: string) {
    super(visible(message));
  }
}

/** One to a part: a value in it that has line breaks begins no line of its own. */
export const lines = (...parts: readonly string[]): AgentError =>
  new AgentError(visibleLines(parts));

export function noRequest(): AgentError {
  return lines(
    "REQUEST is not in the environment: this program is started by Terraform, never by hand.",
    "Run `npm run deploy` or `cdktf deploy` instead.",
  );
}

export function invalidRequest(what: string): AgentError {
  return lines(
    `The request cannot be read: ${what}.`,
    "The program that synthesized it and this agent are of different versions: run `cdktf synth` again.",
  );
}

export function invalidDuration(given: string): AgentError {
  return lines(
    `${JSON.stringify(given)} is not a duration.`,
    "Write it as Go does: 8760h, 90m, 1h30m0s.",
  );
}

export function unreadableUserFile(
  path: string,
  wantedBy: string,
  reason: string,
): AgentError {
  return lines(
    `${path}, given for ${wantedBy}, cannot be read: ${reason}.`,
    "Give the path of a file that this user may read.",
  );
}

export function changedUserFile(path: string, wantedBy: string): AgentError {
  return lines(
    `${path}, given for ${wantedBy}, changed after the plan was made.`,
    "Apply again: the new plan shows what follows from the change.",
  );
}

export function unwritableStore(path: string, code: string): AgentError {
  return lines(
    `${path} cannot be written (${code}).`,
    "The store must belong to the user who runs Terraform: check the owner of the folder and whether its disk is mounted read-only.",
    "Nothing that was there is changed.",
  );
}

export function unusableFile(
  path: string,
  action: string,
  code: string,
): AgentError {
  return lines(
    `${path} cannot be used: ${action} failed (${code}).`,
    "See what is there, whom it belongs to, and whether this user may use it; then run this again.",
  );
}

export function fullDisk(path: string, code: string): AgentError {
  return lines(
    `No space is left for ${path} (${code}).`,
    "Make room on that disk and apply again. Nothing that was there is changed.",
  );
}

export const systemHangs = (program: string, seconds: number): AgentError =>
  lines(
    `${program}, which tells what runs on this machine, did not answer within ${seconds} s, so nobody knows here whether others still work on the store.`,
    `Look why ${program} hangs, a network file system that is gone for example, and apply again.`,
  );

export const homeUnknown = (path: string): AgentError =>
  lines(
    `${path} begins with your home directory, which isn't known here: HOME is not set.`,
    "Set HOME, or write an absolute path.",
  );
