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
