import { AgentError, lines } from "../../base/errors";
import type { Flaw } from "./flaw";
import { shownBytes } from "../../base/limits";
import { visibleLines } from "../../base/visible";

/** What callers tell apart: the rest is for people. */
export type HostErrorKind =
  /** It didn't answer in the time given. */
  | "unreachable"
  | "unknown-host"
  | "permission-denied"
  /** Another host key than the accepted or the pinned one. */
  | "host-key"
  | "identity-file"
  | "no-ssh"
  /** Something else that OpenSSH refuses. */
  | "ssh"
  | "no-sudo"
  /** The connection ended while it was in use. */
  | "lost"
  | "timeout"
  /** It wrote more than is read. */
  | "too-much"
  /** It answered with something else than what was asked. */
  | "answer"
  /** The host's SSH server forwards no ports. */
  | "forwarding"
  | "full-disk"
  | "delivery";

/** An error with one host, which its message names. */
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

/** A node and the host that stands for it. */
export interface Target {
  readonly node: string;
  /** As in its access: `10.0.0.11`. */
  readonly host: string;
}

const shown = ({ node, host }: Target): string => `${node} (${host})`;

export function unreachable(
  target: Target,
  said: string,
  seconds: number,
): HostError {
  return new HostError(
    "unreachable",
    target.node,
    `${shown(target)} cannot be reached over SSH; waited ${seconds} s. ssh says: ${said}`,
    "Check that the machine runs, that its SSH server listens at this address and port, and that no firewall is between. If it needs longer to start, raise connectTimeout.",
  );
}

export function unknownHost(target: Target, said: string): HostError {
  return new HostError(
    "unknown-host",
    target.node,
    `${shown(target)} has no address. ssh says: ${said}`,
    "Give a host name that can be looked up where you deploy, an IP address, or a Host of your ~/.ssh/config.",
  );
}

export function permissionDenied(target: Target, said: string): HostError {
  return new HostError(
    "permission-denied",
    target.node,
    `${shown(target)} does not let this user in. ssh says: ${said}`,
    "Check user and identityFile, and that the user's authorized_keys on the host holds the public key. Nobody is asked for a passphrase: load a key that has one with ssh-add.",
  );
}

export function anotherHostKey(
  target: Target,
  said: string,
  place: string,
): HostError {
  return new HostError(
    "host-key",
    target.node,
    `${shown(target)} shows another host key than the one that was accepted before: it may be another machine, or somebody may be in between. ssh says: ${said}`,
    `If the machine was replaced or reinstalled, give it a new machineId, or delete ${place}, and apply again.`,
  );
}

export function notThePinnedHostKey(target: Target, said: string): HostError {
  return new HostError(
    "host-key",
    target.node,
    `${shown(target)} does not show the host key that hostKey pins: it may be another machine, or somebody may be in between. ssh says: ${said}`,
    "If the machine was replaced or reinstalled, set hostKey to a line of its /etc/ssh/ssh_host_*_key.pub.",
  );
}

export function missingIdentityFile(target: Target, file: string): HostError {
  return new HostError(
    "identity-file",
    target.node,
    `${file}, the identityFile of ${shown(target)}, cannot be read.`,
    "Give the path of a private key, absolute, below ~/ or relative to the program's folder, or leave identityFile out to use ssh-agent and ~/.ssh.",
  );
}

export function missingSsh(target: Target): HostError {
  return new HostError(
    "no-ssh",
    target.node,
    `${shown(target)} cannot be reached: the program ssh is not on the PATH.`,
    "Install OpenSSH's client where you deploy.",
  );
}

export function refusedBySsh(target: Target, said: string): HostError {
  return new HostError(
    "ssh",
    target.node,
    `${shown(target)} cannot be reached over SSH. ssh says: ${said}`,
    "Try it by hand with ssh to the same user, host and port; what is in ~/.ssh/config counts here too.",
  );
}

export function notAnSshHost(
  { node }: Target,
  given: string,
  what: string,
): HostError {
  return new HostError(
    "ssh",
    node,
    `${JSON.stringify(given)}, the ${what} of ${node}, is not a host name.`,
    "Allowed are host names, IP addresses and the names of Hosts in ~/.ssh/config; for jumpHost with user and port, [user@]host[:port].",
  );
}

export function notAHostKey({ node }: Target): HostError {
  return new HostError(
    "ssh",
    node,
    `The hostKey of ${node} is not one public key.`,
    "Allowed is one line of /etc/ssh/ssh_host_ed25519_key.pub on the machine: the type of the key, a blank, the key in base64.",
  );
}

export function notRoot(target: Target, user: string): HostError {
  return new HostError(
    "no-sudo",
    target.node,
    `${shown(target)} is entered as ${user}, who is not root, and sudo is off.`,
    "Enter it as root, or set sudo to true where this user may use it without a password.",
  );
}

export function noSudo(target: Target, user: string, said: string): HostError {
  return new HostError(
    "no-sudo",
    target.node,
    `${shown(target)} is entered as ${user}, who has no sudo without a password. It says: ${said}`,
    `Enter it as root, or add a line to sudoers on the host: ${user} ALL=(ALL) NOPASSWD: ALL`,
  );
}

export function lostConnection(target: Target, said: string): HostError {
  return new HostError(
    "lost",
    target.node,
    `The connection to ${shown(target)} was lost${said && `: ${said.replace(/\.$/, "")}`}.`,
    "Apply again when the host can be reached: what is done already is not done again.",
  );
}

export function tookTooLong(target: Target, milliseconds = 0): HostError {
  return new HostError(
    "timeout",
    target.node,
    `${shown(target)} did not answer for ${milliseconds / 1_000} s, though connected.`,
    "Look at the load and the disks of the host, and apply again.",
  );
}

/** @param limit `4 MiB` */
export function saidTooMuch(target: Target, limit: string): HostError {
  return new HostError(
    "too-much",
    target.node,
    `${shown(target)} wrote more than ${limit} in answer to one question, so it was not read to its end.`,
    "No honest host says so much: see what the login shell of this user and the programs that it starts print, and who has been on the machine.",
  );
}

export function strangeAnswer(
  node: string,
  what: string,
  expected: string,
): HostError {
  return new HostError(
    "answer",
    node,
    `${node} answers with something else when it is asked for ${what}: expected is ${expected}.`,
    "See what the login shell of this user and the programs that it starts print, and who has been on the machine.",
  );
}

export function forwardingRefused(target: Target, said: string): HostError {
  return new HostError(
    "forwarding",
    target.node,
    `The SSH server of ${shown(target)} forwards no ports, through which its components are asked. ssh says: ${said}`,
    "Set AllowTcpForwarding to yes, or to local, in its sshd_config.",
  );
}

export function fullHostDisk(node: string, said: string): HostError {
  return new HostError(
    "full-disk",
    node,
    `No space is left on ${node}: ${said}`,
    "Free some space on that disk and apply again. None of its files was changed.",
  );
}

export function undelivered(node: string, said: string): HostError {
  return new HostError(
    "delivery",
    node,
    `The files of ${node} cannot be brought there: ${said}`,
    "Remove the cause on the host and apply again. None of its files is changed.",
  );
}

export function unfinishedDelivery(node: string, said: string): HostError {
  return new HostError(
    "delivery",
    node,
    `The files of ${node} are there, but not all could be put in their places: ${said}`,
    "Remove the cause on the host and apply again: it goes on where this ended. Each file is the old or the new one.",
  );
}

export function unreadableHost(node: string, said: string): HostError {
  return new HostError(
    "delivery",
    node,
    `The files of ${node} cannot be looked at: ${said}`,
    "The host needs sh, tar, and the usual small programs of coreutils or busybox.",
  );
}

/** For the check of a host, which looks at nothing there. */
export const redirectablePath = ({ path, problem, remedy }: Flaw): string =>
  `Its files cannot be looked at: ${problem}, on the way to ${path}.\n${remedy}`;

export function undeliverablePath(node: string, path: string): HostError {
  return new HostError(
    "delivery",
    node,
    `${JSON.stringify(path)} cannot be the path of a file on ${node}.`,
    "Allowed are absolute paths of a file, without line breaks and without . and .. in them.",
  );
}

export const unusableKnownHosts = (file: string, limit: number): AgentError =>
  lines(
    `${file} is no file of host keys: allowed is a plain file of at most ${shownBytes(limit)}.`,
    "Restore it from a backup of the store, or delete it: then the key that each host shows next is accepted.",
  );

export const unreadableKnownHosts = (file: string, code: string): AgentError =>
  lines(
    `${file}, the host keys that were accepted before, cannot be read (${code}).`,
    "Make it a file of the user who deploys, with mode 0600.",
  );

export function unreadableFacts(
  node: string,
  exitCode: number,
  stderr: string,
): AgentError {
  const said = stderr.trim().split("\n").at(-1);
  return new AgentError(
    visibleLines([
      `${node} did not run a shell script to its end (exit code ${exitCode})${said ? `: ${said}` : "."}`,
      "Allowed is any machine whose login shell runs commands and that has sh with coreutils or busybox.",
      "Log in as the same user and run: sh -c 'uname -m | base64'",
    ]),
  );
}
