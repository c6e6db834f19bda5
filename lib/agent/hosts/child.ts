import { spawn, type ChildProcess } from "node:child_process";
import { errorCode } from "../../base/files";
import { LIMITS } from "../../base/limits";
import { isRequestVariable } from "../../request/environment";
import type { RunOptions } from "./host";

/** How a child process ended. */
export interface ChildResult {
  /** `undefined` if a signal or the timeout ended it. */
  readonly exitCode?: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** The limit in bytes, if the process wrote more than that and was ended. */
  readonly exceeded?: number;
}

/** The environment for a child process: that of this process without the request, which only this process needs. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !isRequestVariable(name)),
  );

/** Starts a child that does not get Ctrl-C from the terminal. This process ends it, or it ends when this process has. */
export function startChild(
  words: readonly string[],
  stdin: "pipe" | "ignore",
): ChildProcess {
  const [program, ...args] = words;
  return spawn(program, args, {
    detached: true,
    stdio: [stdin, "pipe", "pipe"],
    // ssh starts its commands with the user's login shell, which may be one that starts none.
    env: { ...inherited(), LC_ALL: "C", SHELL: "/bin/sh" },
  });
}

/** Runs a program to its end. If the program does not exist, the exit code is 127, as in a shell. */
export function runChild(
  words: readonly string[],
  { input, timeout = LIMITS.commandTime }: Omit<RunOptions, "args"> = {},
): Promise<ChildResult> {
  return new Promise((resolve, reject) => {
    const child = startChild(words, input === undefined ? "ignore" : "pipe");
    const end = (result: Partial<ChildResult>): void => {
      clearTimeout(timer);
      resolve({
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
        timedOut: false,
        ...result,
      });
    };
    const cutOff = (result: Partial<ChildResult>): void => {
      end(result);
      abandon(child);
    };
    const stdout = collect(child.stdout, LIMITS.commandOutput, cutOff);
    const stderr = collect(child.stderr, LIMITS.commandErrors, cutOff);
    const timer = setTimeout(() => cutOff({ timedOut: true }), timeout);
    child.once("error", (error) => {
      if (errorCode(error) === "ENOENT") {
        stderr.push(Buffer.from(`${words[0]}: not found\n`));
        end({ exitCode: 127 });
      } else {
        clearTimeout(timer);
        reject(error);
      }
    });
    child.once("close", (code) => end({ exitCode: code ?? undefined }));
    feed(child, input, (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

function feed(
  child: ChildProcess,
  input: RunOptions["input"],
  fail: (error: Error) => void,
): void {
  // A script may end without reading its input.
  child.stdin?.on("error", () => undefined);
  if (input === undefined) return;
  if (Buffer.isBuffer(input)) child.stdin?.end(input);
  else if (child.stdin) {
    // If the input cannot be read to its end, the script must not take it for complete.
    input.once("error", (error: Error) => {
      fail(error);
      abandon(child);
    });
    input.pipe(child.stdin);
  }
}

function collect(
  stream: NodeJS.ReadableStream | null,
  limit: number,
  cutOff: (result: Partial<ChildResult>) => void,
): Buffer[] {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > limit) cutOff({ exceeded: limit });
    else chunks.push(chunk);
  });
  return chunks;
}

/** Ends a child and the processes that it started, as far as this user may, without waiting for them. */
export function abandon(child: ChildProcess): void {
  for (const stream of child.stdio) stream?.destroy();
  killGroup(child, "SIGTERM");
  child.unref();
}

export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has ended, or it runs as root; then it ends when its pipes are closed.
  }
}
