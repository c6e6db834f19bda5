/** How a node is reached. */
export type AccessRequest =
  | { readonly kind: "directory" }
  | { readonly kind: "local"; readonly sudo: boolean }
  | SshRequest;

export interface SshRequest {
  readonly kind: "ssh";
  readonly host: string;
  /** Absent: OpenSSH's own configuration decides. */
  readonly user?: string;
  readonly port?: number;
  /** Relative to the stack's directory, or absolute. */
  readonly identityFile?: string;
  /** `[user@]host[:port]` */
  readonly jumpHost?: string;
  /** The host key that is required: `ssh-ed25519 AAAA…`. Absent: the key is accepted on first use. */
  readonly hostKey?: string;
  /** Whether commands run as root with sudo. */
  readonly sudo: boolean;
  /** Seconds to wait for a host that does not answer yet. */
  readonly connectTimeout: number;
}
