import { AgentError, lines } from "../../base/errors";
import type { Flaw } from "./flaw";
import { shownBytes } from "../../base/limits";
import { visibleLines } from "../../base/visible";

/** What went wrong, for callers that handle some errors differently. */
export type HostErrorKind =
  /** The host did not answer in time. */
  | "unreachable"
  | "unknown-host"
  | "permission-denied"
  /** The host showed another host key than the accepted or the pinned one. */
  | "host-key"
  | "identity-file"
  | "no-ssh"
  /** OpenSSH failed for another reason. */
  | "ssh"
  | "no-sudo"
  /** The account runs no commands. */
  | "no-commands"
  /** The connection ended while it was in use. */
  | "lost"
  | "timeout"
  /** A command on the host printed more than the limit. */
  | "too-much"
  /** The host gave an unexpected answer. */
  | "answer"
  /** The SSH server of the host does not forward ports. */
  | "forwarding"
  | "full-disk"
  | "delivery";

/** An error about one host, which the message names. */
export class HostError extends AgentError {
  constructor(
    readonly kind: HostErrorKind,
    /** The node's name. */
    readonly node: string,
    ...message: readonly string[]
  ) {
    super(visibleLines(message));
  }
}

/** A node and its host. */
export interface Target {
  readonly node: string;
  /** The host name or address of its access: `10.0.0.11`. */
  readonly host: string;
}

export const shown = ({ node, host }: Target): string => `${node} (${host})`;

export const unreachable = (target: Target, said: string, seconds: number) =>
  new HostError(
    "unreachable",
    target.node,
    `${shown(target)} cannot be reached over SSH; waited ${seconds} s. ssh says: ${said}`,
    "Check that the machine runs, that its SSH server listens at this address and port, and that no firewall blocks the connection. If the machine needs longer to start, raise connectTimeout.",
  );

export const unknownHost = (target: Target, said: string) =>
  new HostError(
    "unknown-host",
    target.node,
    `${shown(target)} has no address. ssh says: ${said}`,
    "Give a host name that the deploying machine can resolve, an IP address, or a Host of your ~/.ssh/config.",
  );

export const permissionDenied = (target: Target, said: string) =>
  new HostError(
    "permission-denied",
    target.node,
    `${shown(target)} does not accept the login of this user. ssh says: ${said}`,
    "Check user and identityFile, and that the user's authorized_keys on the host contains the public key. An apply cannot ask for a passphrase: load a key that has one with ssh-add.",
  );

export const changedHostKey = (target: Target, said: string, place: string) =>
  new HostError(
    "host-key",
    target.node,
    `${shown(target)} shows another host key than the one that was accepted before: it may be another machine, or an attacker may intercept the connection. ssh says: ${said}`,
    `If the machine was replaced or reinstalled, give it a new machineId, or delete ${place}, and apply again.`,
  );

export const notThePinnedHostKey = (target: Target, said: string) =>
  new HostError(
    "host-key",
    target.node,
    `${shown(target)} does not show the host key that hostKey pins: it may be another machine, or an attacker may intercept the connection. ssh says: ${said}`,
    "If the machine was replaced or reinstalled, set hostKey to a line of its /etc/ssh/ssh_host_*_key.pub.",
  );

export const missingIdentityFile = (target: Target, file: string) =>
  new HostError(
    "identity-file",
    target.node,
    `${file}, the identityFile of ${shown(target)}, cannot be read.`,
    "Give the path of a private key: absolute, below ~/, or relative to the program's folder. Or leave identityFile out to use ssh-agent and ~/.ssh.",
  );

export const missingSsh = (target: Target) =>
  new HostError(
    "no-ssh",
    target.node,
    `${shown(target)} cannot be reached: the program ssh is not on the PATH.`,
    "Install the OpenSSH client on the deploying machine.",
  );

export const refusedBySsh = (target: Target, said: string) =>
  new HostError(
    "ssh",
    target.node,
    `${shown(target)} cannot be reached over SSH. ssh says: ${said}`,
    "Try ssh by hand with the same user, host and port. The settings in ~/.ssh/config apply here, too.",
  );

export const notAnSshHost = ({ node }: Target, given: string, what: string) =>
  new HostError(
    "ssh",
    node,
    `${JSON.stringify(given)}, the ${what} of ${node}, is not a host name.`,
    "Allowed are host names, IP addresses and the names of Hosts in ~/.ssh/config; jumpHost may also have a user and a port: [user@]host[:port].",
  );

export const notAHostKey = ({ node }: Target) =>
  new HostError(
    "ssh",
    node,
    `The hostKey of ${node} is not a public key.`,
    "Allowed is one line, such as that of /etc/ssh/ssh_host_ed25519_key.pub on the host: the type of the key, a space, the key in base64.",
  );

export const lostConnection = (target: Target, said: string) =>
  new HostError(
    "lost",
    target.node,
    `The connection to ${shown(target)} was lost${said && `: ${said.replace(/\.$/, "")}`}.`,
    "Apply again when the host can be reached: finished steps are not repeated.",
  );

export const commandTimedOut = (target: Target, milliseconds = 0) =>
  new HostError(
    "timeout",
    target.node,
    `${shown(target)} did not answer within ${milliseconds / 1_000} s.`,
    "Check the load and the disks of the host, and apply again.",
  );

/** @param limit `4 MiB` */
export const tooMuchOutput = (target: Target, limit: string) =>
  new HostError(
    "too-much",
    target.node,
    `${shown(target)} printed more than ${limit} in answer to one command, so the rest was not read.`,
    "No healthy host prints that much: check what the login shell of this user and the programs that it starts print, and whether somebody has tampered with the machine.",
  );

export const unexpectedAnswer = (
  node: string,
  what: string,
  expected: string,
) =>
  new HostError(
    "answer",
    node,
    `${node} gave an unexpected answer when it was asked for ${what}. Expected is ${expected}.`,
    "Check what the login shell of this user and the programs that it starts print, and whether somebody has tampered with the machine.",
  );

export const forwardingRefused = (target: Target, said: string) =>
  new HostError(
    "forwarding",
    target.node,
    `The SSH server of ${shown(target)} does not forward ports, which is necessary for reaching its components. ssh says: ${said}`,
    "Set AllowTcpForwarding to yes, or to local, in its sshd_config.",
  );

export const fullHostDisk = (node: string, said: string) =>
  new HostError(
    "full-disk",
    node,
    `No space is left on ${node}: ${said}`,
    "Free some space on that disk and apply again. None of its files was changed.",
  );

export const failedDelivery = (node: string, said: string) =>
  new HostError(
    "delivery",
    node,
    `The files of ${node} cannot be delivered: ${said}`,
    "Remove the cause on the host and apply again. None of its files was changed.",
  );

export const unfinishedDelivery = (node: string, said: string) =>
  new HostError(
    "delivery",
    node,
    `The files of ${node} have arrived, but not all could be put in their places: ${said}`,
    "Remove the cause on the host and apply again: the delivery continues where it stopped. Until then, each file is either the old or the new one.",
  );

export const unreadableHost = (node: string, said: string) =>
  new HostError(
    "delivery",
    node,
    `The files of ${node} cannot be examined: ${said}`,
    "The host needs sh, tar, and the programs of coreutils or busybox.",
  );

/** The message of the command check, which does not examine a host with such a path. */
export const redirectablePath = ({ path, problem, remedy }: Flaw): string =>
  `Its files cannot be examined: ${problem}, on the way to ${path}.\n${remedy}`;

export const undeliverablePath = (node: string, path: string) =>
  new HostError(
    "delivery",
    node,
    `${JSON.stringify(path)} cannot be the path of a file on ${node}.`,
    "Allowed are absolute paths without line breaks and without the names . and .. in them.",
  );

export const unusableKnownHosts = (file: string, limit: number): AgentError =>
  lines(
    `${file}, the file of the accepted host keys, must be a regular file of at most ${shownBytes(limit)}.`,
    "Restore it from a backup of the store, or delete it. Without it, the key that each host shows at the next connection is accepted.",
  );

export const inaccessibleKnownHosts = (
  file: string,
  action: "read" | "written",
  code: string,
): AgentError =>
  lines(
    `${file}, the file of the accepted host keys, cannot be ${action} (${code}).`,
    "Give it to the user who deploys, with mode 0600, and see whether its disk is full or read-only.",
  );

export function failedInquiry(
  node: string,
  exitCode: number,
  stderr: string,
): AgentError {
  const said = stderr.trim().split("\n").at(-1);
  return new AgentError(
    visibleLines([
      `${node} did not run a shell script to its end (exit code ${exitCode})${said ? `: ${said}` : "."}`,
      "The login shell of a host must run commands, and the host needs sh with coreutils or busybox.",
      "To find the cause, log in as the same user and run: sh -c 'uname -m | base64'",
    ]),
  );
}
