import type { Target } from "./errors";
import { runChild } from "./child";
import type { Connection } from "./connection";
import { checkEnded } from "./ended";
import type { Outcome, RunOptions, Socket } from "./host";
import { readOutput } from "./shell";

/** This machine. */
export class LocalConnection implements Connection {
  constructor(private readonly target: Target) {}

  async execute(
    words: readonly string[],
    options: Omit<RunOptions, "args"> = {},
  ): Promise<Outcome> {
    const ended = await runChild(words, options);
    checkEnded(this.target, ended, options);
    const { stdout, stderr } = readOutput(ended);
    // A signal ended it: 128 and more is how a shell says so.
    return { exitCode: ended.exitCode ?? 128, stdout, stderr };
  }

  reach(host: string, port: number): Promise<Socket> {
    return Promise.resolve({ host, port });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
