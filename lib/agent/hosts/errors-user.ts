import { HostError, shown, type Target } from "./errors";

/** Errors about the user who logs in to a host. */

export function noCommands(target: Target, said: string): HostError {
  return new HostError(
    "no-commands",
    target.node,
    `${shown(target)} accepts the login of this user, but does not run the user's commands. The host says: ${said || "nothing"}`,
    "Log in as a user whose login shell is sh, bash, dash, zsh, fish, csh or tcsh, and for whom sshd_config has no ForceCommand. An account with nologin, or for sftp alone, cannot be used.",
  );
}

export function notRoot(target: Target, user: string): HostError {
  return new HostError(
    "no-sudo",
    target.node,
    `${shown(target)} is accessed as ${user}, who is not root, and sudo is off.`,
    "Log in as root, or set sudo to true if this user may use sudo without a password.",
  );
}

export function noSudo(target: Target, user: string, said: string): HostError {
  const [problem, line] = /must have a tty/.test(said)
    ? ["cannot use sudo without a terminal", `Defaults:${user} !requiretty`]
    : ["cannot use sudo without a password", `${user} ALL=(ALL) NOPASSWD: ALL`];
  return new HostError(
    "no-sudo",
    target.node,
    `${shown(target)} is accessed as ${user}, who ${problem}. sudo says: ${said}`,
    `Log in as root, or add a line to sudoers on the host: ${line}`,
  );
}
