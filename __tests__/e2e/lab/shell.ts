import { execFileSync } from "node:child_process";

/**
 * Runs a script as root in its own mount namespace, so that nothing stays mounted when it ends, however it ends.
 * Its output is shown only if it fails.
 */
export function withMounts(
  script: string,
  environment: Readonly<Record<string, string>>,
): void {
  run(
    [
      "setpriv",
      "--pdeathsig",
      "KILL",
      "unshare",
      "--mount",
      "--pid",
      "--fork",
      "--kill-child",
      "sh",
      "-euc",
      script,
    ],
    environment,
  );
}

export function run(
  [file, ...args]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): string {
  try {
    return execFileSync(file, args, {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 26,
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as Partial<
      Record<"stdout" | "stderr", string>
    >;
    const said = `${stdout}${stderr}`.trim().split("\n").slice(-20);
    throw new Error(`${file} ${args[0]} failed:\n  ${said.join("\n  ")}`);
  }
}
