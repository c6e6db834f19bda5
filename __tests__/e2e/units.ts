import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Machine } from "./machines";

/** A unit as systemd would run it: what comes before its command, the command, again when it ends, its reload. */
export class UnitProcess {
  private child?: ChildProcess;
  private wanted = false;
  private restart?: NodeJS.Timeout;

  constructor(
    private readonly machine: Machine,
    /** In the machine's tree. */
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

  /** With all that it started; as a machine's power is cut, where nothing is said. */
  async end(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    this.wanted = false;
    clearTimeout(this.restart);
    const { child } = this;
    // It may be gone, and its number may be another's by now.
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
