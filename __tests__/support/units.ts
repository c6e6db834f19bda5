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

/** Removes the quotes with which systemd shows a word that contains spaces or special characters. */
const unquoted = (word: string): string =>
  word.startsWith('"')
    ? (JSON.parse(word.replaceAll("\\$", "$").replaceAll("\\`", "`")) as string)
    : word;

/** A root directory with units, and with the programs that they start. */
export class UnitRoot {
  private readonly directory = mkdtempSync(join(tmpdir(), "units-"));

  constructor(
    private readonly units: ReadonlyMap<string, string>,
    programs: readonly string[],
  ) {
    chmodSync(this.directory, 0o777);
    // Copy systemd's own units, such as the targets that the units want.
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

  /** The problems that systemd reports; empty if there are none. */
  verify(): string {
    const services = [...this.units.keys()].filter((path) =>
      /\.(service|timer)$/.test(path),
    );
    const { status, stdout, stderr } = spawnSync(
      "systemd-analyze",
      [`--root=${this.directory}`, "--man=no", "verify", ...services],
      { encoding: "utf8" },
    );
    return status === 0 ? stderr : `${status}: ${stdout}${stderr}`;
  }

  /** The exposure level that systemd calculates for a unit: 0.0 to 10.0. */
  exposure(path: string): number {
    const output = execFileSync(
      "systemd-analyze",
      ["--offline=true", "security", "--no-pager", this.path(path)],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
    return Number(/exposure level for .*: ([\d.]+)/.exec(output)![1]);
  }

  /** The command and the environment of a unit, as systemd parsed them. */
  read(path: string): { words: string[]; environment: string } {
    // With --test, a manager loads units without starting them. Only a user's manager can do this here.
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
      // systemd expands variables only when it runs the command, and then `$$` becomes `$`.
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
