import { spawn } from "node:child_process";
import type { Host, Outcome, RunOptions } from "../../../lib/agent/hosts/host";

/** This machine as a host. A `prefix` is a command that runs the scripts in a changed environment. */
export function localHost(
  name = "cp-1",
  {
    env = {},
    prefix = [],
  }: { env?: NodeJS.ProcessEnv; prefix?: readonly string[] } = {},
): Host {
  return {
    name,
    run: (script, options) =>
      run([...prefix, "sh", "-c", script, "sh"], env, options),
    reach: async (host, port) => ({ host, port }),
    close: async () => {},
  };
}

/**
 * A prefix for {@link localHost}: a script in namespaces of its own, which prepares them and then executes its
 * arguments. Its `$0` is the word.
 */
export const unshared = (
  script: string,
  word = "sh",
  namespaces: readonly string[] = ["--mount"],
): string[] => ["unshare", ...namespaces, "sh", "-c", script, word];

function run(
  [program, ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  { args: data = [], input }: RunOptions = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, ...data], {
      env: { ...process.env, ...env },
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({
        exitCode: code ?? 255,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
    // A program may end before it has read everything; its exit code tells why.
    child.stdin.on("error", () => {});
    if (input === undefined || Buffer.isBuffer(input)) child.stdin.end(input);
    else input.pipe(child.stdin);
  });
}
