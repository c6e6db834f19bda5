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

/** How lines look: their colours, and how long they may be. */
export interface Style {
  /** Characters in a line. Infinite for anything but a terminal, so that each row is one line for other programs. */
  readonly width: number;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
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

const code =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b${OURS}${open}m${text}\u001b${OURS}${close}m`;

export const COLOURS: Omit<Style, "width"> = {
  bold: code(1, 22),
  dim: code(2, 22),
  red: code(31, 39),
  green: code(32, 39),
  yellow: code(33, 39),
};

/** Without colours, for anything that is not a terminal. */
export const PLAIN: Style = {
  width: Infinity,
  bold: (text) => text,
  dim: (text) => text,
  red: (text) => text,
  green: (text) => text,
  yellow: (text) => text,
};

/** Colours the mark of a change as Terraform does: `+`, `~`, `-` or `-/+`. */
export const changeMark = (mark: string, style: Style): string =>
  mark
    .replace("~", style.yellow)
    .replace("+", style.green)
    .replace("-", style.red);

/** Prints warnings and errors to standard error. It uses colours only in a terminal. */
export function standardOutput(): Output {
  const { stdout, stderr } = process;
  const style = {
    ...(stdout.isTTY && !process.env.NO_COLOR ? COLOURS : PLAIN),
    width: widthOf(stdout),
  };
  const complain = (word: string, coloured: string, text: string): void =>
    console.error(
      safeForTerminal(
        coloured +
          wrapForTerminal(`${word} ${visible(text)}`).slice(word.length),
      ),
    );
  // If the reader of a pipe exits, as `head` does, the command continues.
  for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
  return {
    say: (line = "") => console.log(safeForTerminal(line)),
    warn: (text) => complain("Warning:", style.yellow("Warning:"), text),
    fail: (text) => complain("Error:", style.red(style.bold("Error:")), text),
    style,
  };
}

/** The columns that COLUMNS says, or else those of the terminal. A pseudo-terminal may have none. */
const widthOf = ({ columns }: NodeJS.WriteStream): number =>
  Math.max(Number(process.env.COLUMNS) || columns || Infinity, NARROWEST);

const NARROWEST = 40;

/** Wraps prose to the width of the terminal. Indented lines stay as they are, and so does everything in a log file. */
function wrapForTerminal(text: string): string {
  const width = Math.min(widthOf(process.stderr), 100);
  if (!process.stderr.isTTY) return text;
  return text
    .split("\n")
    .flatMap((line) => (/^\s/.test(line) ? [line] : wrap(line, width)))
    .join("\n");
}

/** `1 file`, `2 files` */
export const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? "" : "s"}`;
