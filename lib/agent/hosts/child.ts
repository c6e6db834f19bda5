import { spawn, type ChildProcess } from "node:child_process";
import { errorCode } from "../../base/files";
import { LIMITS } from "../../base/limits";
import type { RunOptions } from "./host";

export interface Ended {
  /** `undefined` where a signal or the time ended it. */
  readonly exitCode?: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** The bytes that it may write at most, where it wrote more and was ended for it. */
  readonly exceeded?: number;
}

/** What only this process is told: what it starts has no use for it. */
const OWN_VARIABLES = /^(REQUEST|ARTEFACT_\d+)$/;

/** What a program that is started gets of this one's environment: what it needs to find its way. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !OWN_VARIABLES.test(name)),
  );

/** A child that Ctrl-C in a terminal doesn't reach: what is begun ends when this process says so, or is gone. */
export function startChild(
  words: readonly string[],
  stdin: "pipe" | "ignore",
): ChildProcess {
  const [program, ...args] = words;
  return spawn(program, args, {
    detached: true,
    stdio: [stdin, "pipe", "pipe"],
    env: { ...inherited(), LC_ALL: "C" },
  });
}

/** Runs a program to its end. A program that isn't there ends with 127, as in a shell. */
export function runChild(
  words: readonly string[],
  { input, timeout = LIMITS.commandTime }: Omit<RunOptions, "args"> = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = startChild(words, input === undefined ? "ignore" : "pipe");
    const end = (how: Partial<Ended>): void => {
      clearTimeout(timer);
      resolve({
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
        timedOut: false,
        ...how,
      });
    };
    const cutOff = (how: Partial<Ended>): void => {
      end(how);
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
  // A script need not read what it is given.
  child.stdin?.on("error", () => undefined);
  if (input === undefined) return;
  if (Buffer.isBuffer(input)) child.stdin?.end(input);
  else if (child.stdin) {
    // What cannot be read to its end must not look complete.
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
  cutOff: (how: Partial<Ended>) => void,
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

/** Ends it and all that it started, as far as this user may; waits for nothing. */
export function abandon(child: ChildProcess): void {
  for (const stream of child.stdio) stream?.destroy();
  killGroup(child, "SIGTERM");
  child.unref();
}

export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It is gone, or root's, which ends when nobody reads from it or writes to it.
  }
}
