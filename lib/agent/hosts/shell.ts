/** Says that an exit code of 255, which ssh also uses for itself, is the script's own. */
const OWN_255 = "cdktf-control-plane: the script itself ended with 255";

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
(
${script}
)
status=$?
[ "$status" -ne 255 ] || echo '${OWN_255}' >&2
exit "$status"
`;
  return ["sh", "-c", wrapped, "sh", ...args];
}

/** What a script wrote, and whether a 255 is its own. */
export function readOwn255(stderr: string): {
  readonly stderr: string;
  readonly own255: boolean;
} {
  const mark = `${OWN_255}\n`;
  return stderr.endsWith(mark)
    ? { stderr: stderr.slice(0, -mark.length), own255: true }
    : { stderr, own255: false };
}
