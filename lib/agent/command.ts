/** What the words of a command name: `--tls-cert-file=/etc/…` a file, `--a=b,c` two. */
export const namedBy = (command: readonly string[]): ReadonlySet<string> =>
  new Set(
    command.flatMap((word) => word.slice(word.indexOf("=") + 1).split(",")),
  );
