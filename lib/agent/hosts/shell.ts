import type { ChildResult } from "./child";
import RUN from "./scripts/run.sh";

/** Printed before the output of a script, because a login shell may print a greeting, even on standard output. */
const BEGIN = "cdktf-control-plane: the script begins\n";
/** Printed if the exit code 255 is the script's own, because ssh also uses 255 for its own failures. */
const OWN_255 = "cdktf-control-plane: the script itself ended with 255\n";

/** Quotes any text as one word of a shell. A backslash is put outside the quotes, where fish and sh read it alike. */
export const quote = (word: string): string =>
  `'${word.replace(/['\\]/g, "'\\$&'")}'`;

/** The command line with these words, for sh. */
export const commandLine = (words: readonly string[]): string =>
  words.map(quote).join(" ");

/**
 * The command line with these words, for any login shell. csh and tcsh allow no line break between quotes, look for `!`
 * there, and csh reads no word of more than 8 KiB. So the line consists of short words of printable ASCII without these
 * characters, which sh decodes.
 */
export function loginCommandLine(words: readonly string[]): string {
  const line = Buffer.from(commandLine(words)).toString("latin1");
  const encoded = line.replace(/[^ -~]|[\\!']/g, escape);
  const parts = encoded.match(/(?:\\0\d{3}|[^\\]){1,1000}/g) ?? [];
  return `sh -c '${DECODE}' sh ${parts.map((part) => `'${part}'`).join(" ")}`;
}

const DECODE = 'eval "exec $(printf %b "$@")"';

/** A byte as `printf %b` reads it. */
const escape = (byte: string): string =>
  `\\0${byte.charCodeAt(0).toString(8).padStart(3, "0")}`;

/**
 * The words that run a script with its arguments. Everybody on both machines can see them, so secrets must go through
 * standard input.
 */
export const scriptCommand = (
  script: string,
  args: readonly string[],
): string[] => ["sh", "-c", RUN, "sh", BEGIN, OWN_255, script, ...args];

/** A script that begins with assignments of variables. */
export const withVariables = (
  variables: Readonly<Record<string, string>>,
  script: string,
): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join("") + script;

/** The output of a script without what the login shell printed, and whether an exit code of 255 is the script's own. */
export function readOutput({
  stdout,
  stderr,
}: Pick<ChildResult, "stdout" | "stderr">): {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly own255: boolean;
  /** Whether the script was started at all. */
  readonly begun: boolean;
} {
  const begin = stdout.indexOf(BEGIN);
  const own255 = stderr.endsWith(OWN_255);
  return {
    stdout: begin < 0 ? stdout : stdout.subarray(begin + BEGIN.length),
    stderr: own255 ? stderr.slice(0, -OWN_255.length) : stderr,
    own255,
    begun: begin >= 0,
  };
}
