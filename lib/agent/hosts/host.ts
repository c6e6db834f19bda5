/** The machine on which a node runs: this machine, or one that is reached over SSH. Everything is done as root. */
export interface Host {
  /** The node's name, for messages. */
  readonly name: string;
  /**
   * Runs a script with `sh`. `args` are its `$1`, `$2`, …: they are only data and may contain anything. Rejects with a
   * {@link HostError} if the connection is lost, if the script takes longer than `timeout` or prints more than the limits
   * allow, but not if the script fails.
   */
  run(script: string, options?: RunOptions): Promise<Outcome>;
  /** Forwards a port that the host can reach. Returns the socket at which this process reaches it. */
  reach(host: string, port: number): Promise<Socket>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly args?: readonly string[];
  /** The standard input of the script. */
  readonly input?: Buffer | NodeJS.ReadableStream;
  /**
   * Milliseconds.
   * @default LIMITS.commandTime
   */
  readonly timeout?: number;
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Whether the script was started at all: an account may run no commands. */
  readonly begun?: boolean;
}

/** A target for `node:net`. */
export type Socket =
  { readonly path: string } | { readonly host: string; readonly port: number };

/** A file that should be on a host. */
export interface HostFile {
  /** Absolute. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  /** `user:group`, by name or id. */
  readonly owner: string;
}
