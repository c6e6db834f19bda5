import { spawnSync } from "node:child_process";

/** A command that succeeds if its program is installed, and the purpose of the program in the tests. */
export type Requirement = readonly [command: string, purpose: string];

/** The name of Terraform, or of OpenTofu. */
export const TERRAFORM_NAME = process.env.TERRAFORM_BINARY_NAME ?? "terraform";

export const TERRAFORM: Requirement = [
  `${TERRAFORM_NAME} version`,
  "applies what is deployed",
];

/** One sentence for each program that is missing on this machine. */
export const missingPrograms = (programs: readonly Requirement[]): string[] =>
  programs
    .filter(([command]) => !runs(command))
    .map(
      ([command, purpose]) =>
        `${command.split(" ")[0]} is missing: it ${purpose}`,
    );

export function runs(command: string): boolean {
  const [file, ...args] = command.split(" ");
  return spawnSync(file, args, { stdio: "ignore" }).status === 0;
}

/** Fails before the first test with a list of all problems. The error has no stack, which would not help anybody. */
export function failOnProblems(
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
