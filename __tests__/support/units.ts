import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/** As systemd shows a word with blanks or marks in it. */
const unquoted = (word: string): string =>
  word.startsWith('"')
    ? (JSON.parse(word.replaceAll("\\$", "$").replaceAll("\\`", "`")) as string)
    : word;

/** A machine's root with units, and with programs where they look for them. */
export class UnitRoot {
  private readonly directory = mkdtempSync(join(tmpdir(), "units-"));

  constructor(
    private readonly units: ReadonlyMap<string, string>,
    programs: readonly string[],
  ) {
    chmodSync(this.directory, 0o777);
    // What systemd itself brings: targets that units want.
    const system = "/usr/lib/systemd/system";
    mkdirSync(this.path(system), { recursive: true });
    cpSync(
      execFileSync("readlink", ["-f", system], { encoding: "utf8" }).trim(),
      this.path(system),
      { recursive: true, verbatimSymlinks: true },
    );
    for (const path of [...programs, "/usr/bin/install"])
      this.write(path, "#!/bin/sh\n", 0o755);
    for (const [path, text] of units) this.write(path, text, 0o644);
  }

  /** All that systemd has to say of them; nothing where they are as it wants them. */
  verify(): string {
    const services = [...this.units.keys()].filter((path) =>
      path.endsWith(".service"),
    );
    const { status, stdout, stderr } = spawnSync(
      "systemd-analyze",
      [`--root=${this.directory}`, "--man=no", "verify", ...services],
      { encoding: "utf8" },
    );
    return status === 0 ? stderr : `${status}: ${stdout}${stderr}`;
  }

  /** How exposed a unit is, in systemd's words: 0.0 to 10.0. */
  exposure(path: string): number {
    const output = execFileSync(
      "systemd-analyze",
      ["--offline=true", "security", "--no-pager", this.path(path)],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
    return Number(/exposure level for .*: ([\d.]+)/.exec(output)![1]);
  }

  /** The words of its command as systemd read them, and its environment. */
  read(path: string): { words: string[]; environment: string } {
    // A manager that is asked what it would do loads units without doing any of it. It has to be a user's.
    const dump = execFileSync(
      "setpriv",
      [
        "--reuid=nobody",
        "--clear-groups",
        "/lib/systemd/systemd",
        "--test",
        "--user",
        `--unit=${basename(path)}`,
      ],
      {
        encoding: "utf8",
        maxBuffer: 1 << 26,
        stdio: ["ignore", "pipe", "ignore"],
        env: {
          SYSTEMD_UNIT_PATH: `${this.path(dirname(path))}:`,
          XDG_RUNTIME_DIR: this.directory,
          HOME: this.directory,
        },
      },
    );
    const [, unit] = dump.split(`-> Unit ${basename(path)}:`);
    const [own] = unit.split(/\t-> (?:Unit|Job) /);
    const command = own.split("Command Line: ").at(-1)!.split("\n")[0];
    const words = command.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
    return {
      // Variables come in only when the command is run: `$$` is `$` then.
      words: words.map((word) => unquoted(word).replaceAll("$$", "$")),
      environment: /Environment: ([\s\S]*?)\n\t\t/.exec(own)?.[1] ?? "",
    };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private path(path: string): string {
    return join(this.directory, path);
  }

  private write(path: string, text: string, mode: number): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
    chmodSync(this.path(path), mode);
  }
}
