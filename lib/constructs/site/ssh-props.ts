import type { Duration } from "../duration";

/** How a machine is reached with the system's OpenSSH client, whose configuration and agent are honoured. */
export interface SshProps {
  /** The machine: an address, a name, or an alias of OpenSSH's configuration. May be a token. */
  readonly host: string;

  /**
   * Who logs in. Where it isn't root, root's rights are had by `sudo`.
   * @default - what OpenSSH's configuration says
   */
  readonly user?: string;

  /**
   * The port of its SSH server, 1 to 65535.
   * @default - what OpenSSH's configuration says, else 22
   */
  readonly port?: number;

  /**
   * The file with the private key, relative to the working directory; `~/` is the home directory of who applies. The
   * key itself is read by OpenSSH only.
   * @default - what OpenSSH's configuration and agent offer
   */
  readonly identityFile?: string;

  /**
   * A machine on the way: `[user@]host[:port]`.
   * @default - none
   */
  readonly jumpHost?: string;

  /**
   * The machine's public host key, as `/etc/ssh/ssh_host_ed25519_key.pub` on it has it: `ssh-ed25519 AAAA…`.
   * @default - the one that it shows the first time, which the store remembers
   */
  readonly hostKey?: string;

  /**
   * Whether `sudo`, without a password, is used where the user isn't root.
   * @default true
   */
  readonly sudo?: boolean;

  /**
   * How long to wait for a machine that does not answer yet.
   * @default Duration.minutes(2)
   */
  readonly connectTimeout?: Duration;
}
