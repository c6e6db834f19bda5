import { spawnSync } from "node:child_process";

/** A command that ends well where its program is there, and what the tests want the program for. */
export type Requirement = readonly [command: string, purpose: string];

export const TERRAFORM: Requirement = [
  `${process.env.TERRAFORM_BINARY_NAME ?? "terraform"} version`,
  "applies what is deployed",
];

/** One sentence for each program that this machine lacks. */
export const missing = (programs: readonly Requirement[]): string[] =>
  programs
    .filter(([command]) => !runs(command))
    .map(
      ([command, purpose]) =>
        `${command.split(" ")[0]} is not here: it ${purpose}`,
    );

export function runs(command: string): boolean {
  const [file, ...args] = command.split(" ");
  return spawnSync(file, args, { stdio: "ignore" }).status === 0;
}

/** Fails with everything that is missing, before the first test; no stack, which would tell people nothing. */
export function refuseWithout(
  tests: string,
  problems: readonly string[],
): void {
  if (problems.length === 0) return;
  const error = new Error(
    `${tests} cannot run here:\n  ${problems.join("\n  ")}`,
  );
  error.stack = error.message;
  throw error;
}
