import type { Outcome, RunOptions, Socket } from "./host";

/** What leads to a host, as the user who may enter it. */
export interface Connection {
  /** Runs a program with its arguments. */
  execute(
    words: readonly string[],
    options?: Omit<RunOptions, "args">,
  ): Promise<Outcome>;
  reach(host: string, port: number): Promise<Socket>;
  close(): Promise<void>;
}
