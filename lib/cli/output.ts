import { randomBytes } from "node:crypto";
import { visible } from "../base/visible";
import { wrap } from "./text";

/** Where a command prints its lines. */
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

/** Marks our own colour codes until they are printed. It is random, so nobody else can write a valid code. */
const OURS = randomBytes(8).toString("hex");
const OWN_CODE = new RegExp(`\u001b${OURS}(\\d+)m`);

/**
 * Makes a text safe for a terminal. Every printed text passes through here, because hosts, clusters and files may have
 * put control characters into it: all of them are escaped, except our own colour codes.
 */
export const safeForTerminal = (text: string): string =>
  text
    .split(OWN_CODE)
    .map((part, at) => (at % 2 === 0 ? visible(part) : `\u001b[${part}m`))
    .join("");

/** Prints warnings and errors to standard error. It uses colours only in a terminal. */
export function standardOutput(): Output {
  const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
  const code =
    (open: number, close: number) =>
    (text: string): string =>
      coloured ? `\u001b${OURS}${open}m${text}\u001b${OURS}${close}m` : text;
  const [bold, dim, red, yellow] = [
    code(1, 22),
    code(2, 22),
    code(31, 39),
    code(33, 39),
  ];
  const complain = (word: string, coloured: string, text: string): void =>
    console.error(
      safeForTerminal(
        coloured +
          wrapForTerminal(`${word} ${visible(text)}`).slice(word.length),
      ),
    );
  // If the reader of a pipe exits, as `head` does, the command continues.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", () => undefined);
  return {
    say: (line = "") => console.log(safeForTerminal(line)),
    warn: (text) => complain("Warning:", yellow("Warning:"), text),
    fail: (text) => complain("Error:", red(bold("Error:")), text),
    style: { bold, dim },
  };
}

/** Wraps prose to the width of the terminal. Indented lines stay as they are, and so does everything in a log file. */
function wrapForTerminal(text: string): string {
  const { columns } = process.stderr;
  if (!columns) return text;
  const width = Math.min(columns, 100) - 1;
  return text
    .split("\n")
    .flatMap((line) => (/^\s/.test(line) ? [line] : wrap(line, width)))
    .join("\n");
}

/** `1 file`, `2 files` */
export const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? "" : "s"}`;
