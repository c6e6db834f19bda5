import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LocalConnection } from "../../../../lib/agent/hosts/local";
import type { Host } from "../../../../lib/agent/hosts/host";
import { scriptCommand } from "../../../../lib/agent/hosts/shell";

const PROGRAMS = [
  "tar",
  "cat",
  "chmod",
  "chown",
  "flock",
  "mkdir",
  "mv",
  "rm",
  "rmdir",
  "sync",
];

/** A shell's programs, each of which first counts itself, and kills all when its number has come. */
export function makeCountingPrograms(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const program of PROGRAMS) {
    const real = execFileSync("which", [program], { encoding: "utf8" }).trim();
    writeFileSync(
      join(folder, program),
      `#!/bin/sh
echo ${program} >>"$STEPS"
n=0
while read -r _; do n=$((n + 1)); done <"$STEPS"
[ "$n" != "$DIE_AT" ] || kill -9 0
exec ${real} "$@"
`,
    );
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}

export interface LocalShell {
  /** Folders that come first on the PATH. */
  readonly path: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** This machine, with programs of the test's. */
export function localHost({ path, environment = {} }: LocalShell): Host {
  const connection = new LocalConnection({ node: "cp-1", host: "here" });
  return {
    name: "cp-1",
    run: (script, { args = [], ...options } = {}) =>
      connection.execute(
        [
          "/usr/bin/env",
          `PATH=${path}`,
          ...Object.entries(environment).map((pair) => pair.join("=")),
          ...scriptCommand(script, args),
        ],
        options,
      ),
    reach: (host, port) => connection.reach(host, port),
    close: () => connection.close(),
  };
}

export const stepsIn = (file: string): string[] =>
  readFileSync(file, "utf8").split("\n").filter(Boolean);
