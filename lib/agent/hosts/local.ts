import type { Target } from "./errors";
import { runChild } from "./child";
import type { Connection } from "./connection";
import { checkChildResult } from "./child-result";
import type { Host, Outcome, RunOptions, Socket } from "./host";
import { readOutput } from "./shell";

/** The connection to this machine. */
export class LocalConnection implements Connection {
  constructor(private readonly target: Target) {}

  async execute(
    words: readonly string[],
    options: Omit<RunOptions, "args"> = {},
  ): Promise<Outcome> {
    const ended = await runChild(words, options);
    checkChildResult(this.target, ended, options);
    const { stdout, stderr, begun } = readOutput(ended);
    // If a signal ended it: shells use exit codes from 128 on for that.
    return { exitCode: ended.exitCode ?? 128, stdout, stderr, begun };
  }

  reach(host: string, port: number): Promise<Socket> {
    return Promise.resolve({ host, port });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** This machine as a host, used as the user who deploys, without root. */
export function thisMachine(name: string): Host {
  const connection = new LocalConnection({ node: name, host: "this machine" });
  return {
    name,
    run: (script, { args = [], ...options } = {}) =>
      connection.execute(["sh", "-c", script, "sh", ...args], options),
    reach: (host, port) => connection.reach(host, port),
    close: () => connection.close(),
  };
}
