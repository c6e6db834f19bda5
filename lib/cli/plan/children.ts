import { spawn, type ChildProcess } from "node:child_process";
import type { Clock } from "../../base/clock";
import { LIMITS, Tail } from "../../base/limits";
import { eachLine } from "../lines";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Command {
  readonly command: string;
  /** If absent, `command` is a line for the shell. */
  readonly args?: readonly string[];
  readonly directory: string;
  readonly environment: Environment;
  /** Is called with each line of the standard output as it arrives. */
  readonly onLine?: (line: string) => void;
  /**
   * The most bytes of output to keep. If there are more, the end is kept.
   * @default LIMITS.programOutput
   */
  readonly keptBytes?: number;
  /** Whether it runs even if the user asked to stop, because it takes back what was begun. */
  readonly takesBack?: boolean;
}

export interface Outcome {
  readonly exitCode: number;
  /** The end of what it wrote, in order of arrival, without the lines that `onLine` received. */
  readonly output: string;
  /** The end of its standard output alone, for programs that others read. Terraform logs to standard error. */
  readonly stdout: string;
  /** Whether the beginning of the output was dropped. */
  readonly isCut: boolean;
}

export const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Milliseconds between SIGINT and SIGKILL for an app. That is short, because synthesis leaves nothing half done. */
const APP_GRACE_PERIOD = 2000;

/** Milliseconds within which a second signal is the same Ctrl-C: the terminal and npm both pass it on. */
const SAME_PRESS = 500;

/** Thrown when the user asked to stop, after the running program has ended. */
export class Interrupted extends Error {
  /** @param command the command that continues. @default - the same */
  constructor(readonly command?: string) {
    super();
  }
}

/**
 * Runs programs, one at a time. If the user interrupts, it passes the interrupt on, and waits until the program has
 * ended in an orderly way.
 */
export class Children {
  private running?: { readonly child: ChildProcess; readonly group: boolean };
  private interruptedAt = 0;

  constructor(
    private readonly onInterrupt: () => void,
    private readonly clock: Clock,
  ) {
    for (const signal of SIGNALS) process.on(signal, this.interrupt);
  }

  get interrupted(): boolean {
    return this.interruptedAt > 0;
  }

  /** Throws if the user asked to stop. Is called before each next step. */
  throwIfInterrupted(): void {
    if (this.interrupted) throw new Interrupted();
  }

  /** Runs a program to its end. Rejects only if the program cannot be started. */
  async run(command: Command): Promise<Outcome> {
    if (!command.takesBack) this.throwIfInterrupted();
    return new Promise((resolve, reject) => {
      const child = spawn(command.command, command.args ?? [], {
        cwd: command.directory,
        env: command.environment as NodeJS.ProcessEnv,
        shell: command.args === undefined,
        stdio: ["ignore", "pipe", "pipe"],
        // In its own process group, so that Ctrl-C reaches it only once, from us: a second one kills Terraform at once.
        detached: true,
      });
      this.running = { child, group: command.args === undefined };
      const limit = command.keptBytes ?? LIMITS.programOutput;
      const output = new Tail(limit);
      const stdout = new Tail(limit);
      const { onLine } = command;
      if (onLine) eachLine(child.stdout, onLine);
      else
        child.stdout.on("data", (data: Buffer) => {
          stdout.add(data);
          // What is kept whole may be large, and is no message.
          if (command.keptBytes === undefined) output.add(data);
        });
      child.stderr.on("data", (data: Buffer) => output.add(data));
      child.on("error", reject);
      child.on("close", (code, endedBy) => {
        this.running = undefined;
        // A program that is killed prints no error itself.
        if (endedBy) output.add(`It was ended by ${endedBy}.\n`);
        const text = output.toString();
        resolve({
          exitCode: code ?? 1,
          output: text,
          stdout: stdout.toString(),
          isCut: stdout.isCut,
        });
      });
    });
  }

  end(): void {
    for (const signal of SIGNALS) process.off(signal, this.interrupt);
  }

  private readonly interrupt = (): void => {
    const now = this.clock.now();
    if (now - this.interruptedAt < SAME_PRESS) return;
    if (this.interruptedAt === 0) this.onInterrupt();
    this.interruptedAt = now;
    const { child, group } = this.running ?? {};
    if (child?.pid === undefined || child.exitCode !== null) return;
    // Terraform interrupts its own child processes and waits for them. A shell does not, so its group gets the signal.
    if (group) this.endGroup(child, -child.pid);
    else child.kill("SIGINT");
  };

  private endGroup(child: ChildProcess, group: number): void {
    signal(group, "SIGINT");
    const timer = setTimeout(() => signal(group, "SIGKILL"), APP_GRACE_PERIOD);
    child.once("close", () => clearTimeout(timer));
  }
}

/** Sends a signal to a process group, which may have ended in the meantime. */
function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(group, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
