import type { Outcome, RunOptions, Socket } from "./host";

/** A connection to a host, as the user of the access. */
export interface Connection {
  /** Runs a program. `words` are the program and its arguments. */
  execute(
    words: readonly string[],
    options?: Omit<RunOptions, "args">,
  ): Promise<Outcome>;
  reach(host: string, port: number): Promise<Socket>;
  close(): Promise<void>;
}
