import { spawn, type ChildProcess } from "node:child_process";
import type { Clock } from "../../base/clock";
import { LIMITS, Tail } from "../../base/limits";
import { eachLine } from "../lines";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Command {
  readonly command: string;
  /** Without them the command is a line for the shell. */
  readonly args?: readonly string[];
  readonly directory: string;
  readonly environment: Environment;
  /** Each line of its standard output, as it comes. */
  readonly onLine?: (line: string) => void;
  /**
   * How many bytes of its output are kept, the end of it.
   * @default LIMITS.programOutput
   */
  readonly keeps?: number;
}

export interface Outcome {
  readonly exitCode: number;
  /** What it wrote last, in the order in which it came; without what `onLine` got. */
  readonly output: string;
  /** Whether it wrote more before that. */
  readonly isCut: boolean;
}

export const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** An app, which only writes down what it wants, gets this long to end by itself. */
const PATIENCE = 2000;

/** A terminal and npm each pass on the same Ctrl-C. */
const SAME_PRESS = 500;

/** Somebody asked to stop; all that ran has ended. */
export class Interrupted extends Error {}

/** Runs programs, one at a time, and passes on a wish to stop: they end in their own time, and are waited for. */
export class Children {
  private running?: { readonly child: ChildProcess; readonly group: boolean };
  private asked = 0;

  constructor(
    private readonly onInterrupt: () => void,
    private readonly clock: Clock,
  ) {
    for (const signal of SIGNALS) process.on(signal, this.interrupt);
  }

  get interrupted(): boolean {
    return this.asked > 0;
  }

  /** What comes after this is not begun once somebody asked to stop. */
  goOn(): void {
    if (this.interrupted) throw new Interrupted();
  }

  /** Rejects only where the program cannot be started. */
  async run(command: Command): Promise<Outcome> {
    this.goOn();
    return new Promise((resolve, reject) => {
      const child = spawn(command.command, command.args ?? [], {
        cwd: command.directory,
        env: command.environment as NodeJS.ProcessEnv,
        shell: command.args === undefined,
        stdio: ["ignore", "pipe", "pipe"],
        // In a group of its own, or a terminal's Ctrl-C would reach it twice, which ends Terraform at once.
        detached: true,
      });
      this.running = { child, group: command.args === undefined };
      const output = new Tail(command.keeps ?? LIMITS.programOutput);
      const { onLine } = command;
      if (onLine) eachLine(child.stdout, onLine);
      else child.stdout.on("data", (data: Buffer) => output.add(data));
      child.stderr.on("data", (data: Buffer) => output.add(data));
      child.on("error", reject);
      child.on("close", (code, endedBy) => {
        this.running = undefined;
        // Who is killed has no last words.
        if (endedBy) output.add(`It was ended by ${endedBy}.\n`);
        const text = output.toString();
        resolve({ exitCode: code ?? 1, output: text, isCut: output.isCut });
      });
    });
  }

  end(): void {
    for (const signal of SIGNALS) process.off(signal, this.interrupt);
  }

  private readonly interrupt = (): void => {
    const now = this.clock.now();
    if (now - this.asked < SAME_PRESS) return;
    if (this.asked === 0) this.onInterrupt();
    this.asked = now;
    const { child, group } = this.running ?? {};
    if (child?.pid === undefined || child.exitCode !== null) return;
    // Terraform tells those whom it started, and is waited for; a shell does not.
    if (group) this.endGroup(child, -child.pid);
    else child.kill("SIGINT");
  };

  private endGroup(child: ChildProcess, group: number): void {
    signal(group, "SIGINT");
    const timer = setTimeout(() => signal(group, "SIGKILL"), PATIENCE);
    child.once("close", () => clearTimeout(timer));
  }
}

/** It may just have ended. */
function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(group, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
