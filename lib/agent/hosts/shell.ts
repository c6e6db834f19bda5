import type { Ended } from "./child";

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
 * The words that run a script with its arguments, in English and with the folders on the PATH that a login without a
 * terminal lacks. They are seen by everybody on both machines: a secret goes through standard input.
 */
export function scriptCommand(
  script: string,
  args: readonly string[],
): string[] {
  const wrapped = `
export LC_ALL=C PATH="\${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
printf %s ${quote(BEGIN)}
(
${script}
)
status=$?
[ "$status" -ne 255 ] || printf %s ${quote(OWN_255)} >&2
exit "$status"
`;
  return ["sh", "-c", wrapped, "sh", ...args];
}

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
