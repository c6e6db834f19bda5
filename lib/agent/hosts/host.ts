/** A machine that a node's files and processes are on: this one, or one that SSH leads to. All is done as root. */
export interface Host {
  /** The node's name, for people. */
  readonly name: string;
  /**
   * Runs a script of ours with `sh`; `args` are its `$1`, `$2`, …: data, whatever they hold. Rejects with a
   * {@link HostError} where the connection is lost, `timeout` milliseconds pass or it writes more than the limits allow,
   * not where the script fails.
   */
  run(script: string, options?: RunOptions): Promise<Outcome>;
  /** Where a port that the host can reach is to be reached from this process. */
  reach(host: string, port: number): Promise<Socket>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly args?: readonly string[];
  /** What the script reads. */
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
}

/** What `node:net` connects to. */
export type Socket =
  { readonly path: string } | { readonly host: string; readonly port: number };

/** A file as it is to be on a host. */
export interface HostFile {
  /** Absolute. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  /** `user:group`, by name or number. */
  readonly owner: string;
}
