import type { Ended } from "./child";
import RUN from "./scripts/run.sh";

/** Comes before what a script writes: a login shell may greet, on standard output too. */
const BEGIN = "cdktf-control-plane: the script begins\n";
/** Says that an exit code of 255, which ssh also uses for itself, is the script's own. */
const OWN_255 = "cdktf-control-plane: the script itself ended with 255\n";

/** One word for a shell, whatever it holds. A backslash stands outside of the quotes, where fish agrees with sh. */
export const quote = (word: string): string =>
  `'${word.replace(/['\\]/g, "'\\$&'")}'`;

/** The command line for a login shell that is these words. */
export const commandLine = (words: readonly string[]): string =>
  words.map(quote).join(" ");

/**
 * The words that run a script with its arguments. They are seen by everybody on both machines: a secret goes through
 * standard input.
 */
export const scriptCommand = (
  script: string,
  args: readonly string[],
): string[] => ["sh", "-c", RUN, "sh", BEGIN, OWN_255, script, ...args];

/** A script with variables set in front of it. */
export const withVariables = (
  variables: Readonly<Record<string, string>>,
  script: string,
): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join("") + script;

/** What a script itself wrote, and whether a 255 is its own. */
export function readOutput({
  stdout,
  stderr,
}: Pick<Ended, "stdout" | "stderr">): {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly own255: boolean;
} {
  const begin = stdout.indexOf(BEGIN);
  const own255 = stderr.endsWith(OWN_255);
  return {
    stdout: begin < 0 ? stdout : stdout.subarray(begin + BEGIN.length),
    stderr: own255 ? stderr.slice(0, -OWN_255.length) : stderr,
    own255,
  };
}
