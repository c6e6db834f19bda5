import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { chownSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A path at which a link and the original content alternate. */
export interface Swap {
  /** The path. If nothing exists there at first, it alternates between the link and nothing. */
  readonly path: string;
  /** The target of the link. */
  readonly target: string;
}

/** A second user of this machine, without special rights, who swaps files and links as fast as possible. */
export class Attacker {
  private readonly loops: ChildProcess[] = [];

  private constructor(
    readonly name: string,
    readonly uid: number,
    readonly gid: number,
  ) {}

  static make(): Attacker {
    const name = `attacker-${process.pid}`;
    try {
      execFileSync("useradd", ["-M", "-d", "/", "-s", "/bin/sh", name]);
    } catch (cause) {
      throw new Error(
        "These attacks need a second user: run them as root, with useradd on the PATH.",
        { cause },
      );
    }
    const [uid, gid] = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((line) => line.startsWith(`${name}:`))!
      .split(":")
      .slice(2, 4)
      .map(Number);
    return new Attacker(name, uid, gid);
  }

  remove(): void {
    this.stop();
    execFileSync("userdel", [this.name]);
  }

  /** Makes a folder that belongs to the attacker, in folders of root. */
  folder(path: string): string {
    mkdirSync(path, { recursive: true });
    chownSync(path, this.uid, this.gid);
    return path;
  }

  /** Makes a file as the attacker, in a folder of the attacker. */
  file(path: string, content: string): string {
    const make = 'mkdir -p "${1%/*}" && printf %s "$2" >"$1"';
    this.run("sh", ["-c", make, "sh", path, content]);
    return path;
  }

  /** Starts to swap. Resolves when each link has existed once. */
  async swaps(...swaps: readonly Swap[]): Promise<void> {
    const loop = fork(join(__dirname, "swap.js"), [
      String(this.uid),
      String(this.gid),
      JSON.stringify(swaps),
    ]);
    this.loops.push(loop);
    await new Promise((begun) => loop.once("message", begun));
    loop.disconnect();
  }

  /** Runs a program as the attacker. */
  run(program: string, args: readonly string[]): string {
    return execFileSync(program, args, {
      uid: this.uid,
      gid: this.gid,
      encoding: "utf8",
    });
  }

  stop(): void {
    this.loops.splice(0).forEach((loop) => loop.kill("SIGKILL"));
  }
}
