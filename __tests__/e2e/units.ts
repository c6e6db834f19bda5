import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Machine } from "./machines";

/** Runs a unit as systemd would: its ExecStartPre commands, its command (restarted when it ends), and its reload. */
export class UnitProcess {
  private child?: ChildProcess;
  private wanted = false;
  private restart?: NodeJS.Timeout;

  constructor(
    private readonly machine: Machine,
    /** The unit file in the machine's node tree. */
    private readonly path: string,
    private readonly log: string,
  ) {}

  async start(): Promise<void> {
    this.wanted = true;
    const [directory] = this.settings("RuntimeDirectory");
    if (directory) await this.machine.run(["mkdir", "-p", `/run/${directory}`]);
    for (const command of this.settings("ExecStartPre"))
      await this.machine.run(words(command));
    const [command] = this.settings("ExecStart");
    this.child = this.machine.spawn(words(command), this.log, {});
    this.child.once("exit", () => {
      if (this.wanted) this.restart = setTimeout(() => void this.start(), 1000);
    });
  }

  async reload(): Promise<void> {
    for (const command of this.settings("ExecReload"))
      await this.machine.run(
        words(command.replace("$MAINPID", String(this.child!.pid))),
      );
  }

  /** Ends it with all its child processes, by default without a warning, as if the machine lost its power. */
  async end(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    this.wanted = false;
    clearTimeout(this.restart);
    const { child } = this;
    // The process may be gone, and its id may belong to another process now.
    if (!child || child.exitCode !== null || child.signalCode) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (signal === "SIGKILL")
      for (const pid of childrenOf(child.pid!)) process.kill(pid, signal);
    child.kill(signal);
    await ended;
  }

  private settings(name: string): string[] {
    return readFileSync(this.path, "utf8")
      .replaceAll("\\\n", " ")
      .split("\n")
      .filter((line) => line.startsWith(`${name}=`))
      .map((line) => line.slice(name.length + 1));
  }
}

const words = (command: string): string[] => command.trim().split(/\s+/);

function childrenOf(pid: number): number[] {
  const list = `/proc/${pid}/task/${pid}/children`;
  return readFileSync(list, "utf8").split(" ").filter(Boolean).map(Number);
}
