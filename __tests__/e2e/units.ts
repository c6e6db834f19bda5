import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Machine } from "./machines";

/** A unit as systemd would run it: what comes before its command, the command, again when it ends, its reload. */
export class UnitProcess {
  private child?: ChildProcess;
  private wanted = false;

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
      if (this.wanted) void this.start();
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
    const { child } = this;
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

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number);
