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

/** Wrappers for the programs of a shell. Each first logs its start, and the one with the number DIE_AT kills everything. */
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
  /** The PATH of the scripts. */
  readonly path: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** This machine as a host, with the programs of a test. */
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
