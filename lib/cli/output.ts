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
  return {
    say: (line = "") => console.log(line),
    warn: (text) => console.error(`${yellow("Warning:")} ${text}`),
    fail: (text) => console.error(`${red(bold("Error:"))} ${text}`),
    style: { bold, dim },
  };
}

/** `1 file`, `2 files` */
export const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? "" : "s"}`;
