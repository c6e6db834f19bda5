/** What people see. */
export interface Output {
  say(line?: string): void;
  warn(text: string): void;
  fail(text: string): void;
  readonly style: Style;
}

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
}

/** Warnings and errors go to the error stream; colours only where somebody looks. */
export function standardOutput(): Output {
  const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
  const code =
    (open: number, close: number) =>
    (text: string): string =>
      coloured ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  const [bold, dim, red, yellow] = [
    code(1, 22),
    code(2, 22),
    code(31, 39),
    code(33, 39),
  ];
  // Who stops reading, as `head` does, does not stop the work.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", () => undefined);
  return {
    say: (line = "") => console.log(line),
    warn: (text) => console.error(wrap(`${yellow("Warning:")} ${text}`)),
    fail: (text) => console.error(wrap(`${red(bold("Error:"))} ${text}`)),
    style: { bold, dim },
  };
}

/** Prose to the width of the terminal; what is indented stays as it is, as does all for a log. */
function wrap(text: string): string {
  const { columns } = process.stderr;
  if (!columns) return text;
  const width = Math.min(columns, 100);
  const wrapped = (line: string): string =>
    line
      .split(" ")
      .reduce(
        ([text, at], word) =>
          at > 0 && at + word.length >= width
            ? ([`${text}\n${word}`, word.length] as const)
            : ([
                at > 0 ? `${text} ${word}` : word,
                at + word.length + 1,
              ] as const),
        ["", 0] as readonly [string, number],
      )[0];
  return text
    .split("\n")
    .map((line) => (/^\s/.test(line) ? line : wrapped(line)))
    .join("\n");
}

/** `1 file`, `2 files` */
export const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? "" : "s"}`;
