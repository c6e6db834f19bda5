import type { Duration } from "../duration";

/**
 * Describes how a host is reached over SSH. The library runs the system's OpenSSH client, with its configuration and
 * its ssh-agent.
 */
export interface SshProps {
  /** The host: an address, a name, or an alias from OpenSSH's configuration. It may be a token. */
  readonly host: string;

  /**
   * The user who logs in. If it is not root, `sudo` is used to become root.
   * @default - the user in OpenSSH's configuration
   */
  readonly user?: string;

  /**
   * The port of its SSH server, 1 to 65535.
   * @default - the port in OpenSSH's configuration, or 22
   */
  readonly port?: number;

  /**
   * The file with the private key, relative to the working directory; `~/` is the home of the user who deploys. Only
   * OpenSSH reads the key.
   * @default - the keys in OpenSSH's configuration and in ssh-agent
   */
  readonly identityFile?: string;

  /**
   * A jump host: `[user@]host[:port]`. It is connected to directly, whatever its own `ProxyJump` in OpenSSH's
   * configuration is.
   * @default - none
   */
  readonly jumpHost?: string;

  /**
   * The public SSH key of the host, such as `ssh-ed25519 AAAA…`. Copy it from `/etc/ssh/ssh_host_ed25519_key.pub` on
   * the host.
   * @default - the key that the host shows at the first connection, which the store remembers
   */
  readonly hostKey?: string;

  /**
   * Whether to use `sudo`, without a password, if the user is not root.
   * @default true
   */
  readonly sudo?: boolean;

  /**
   * How long to wait for a host that does not answer yet, at most 24 hours.
   * @default Duration.minutes(2)
   */
  readonly connectTimeout?: Duration;
}
