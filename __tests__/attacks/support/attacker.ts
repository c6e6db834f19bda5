import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { chownSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where a link takes the place of something, again and again. */
export interface Swap {
  /** What is there in turn with the link; nothing where it isn't there at first. */
  readonly path: string;
  /** Where the link leads. */
  readonly target: string;
}

/** A second user of this machine without any rights, who swaps files and links as fast as the system lets him. */
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

  /** A folder of his, in folders of root's. */
  folder(path: string): string {
    mkdirSync(path, { recursive: true });
    chownSync(path, this.uid, this.gid);
    return path;
  }

  /** A file that he makes himself, in a folder of his. */
  file(path: string, content: string): string {
    const make = 'mkdir -p "${1%/*}" && printf %s "$2" >"$1"';
    this.run("sh", ["-c", make, "sh", path, content]);
    return path;
  }

  /** Begins, and comes back when links have been there. */
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

  /** Runs a program as he does. */
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
