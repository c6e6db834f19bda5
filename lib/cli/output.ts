import { randomBytes } from "node:crypto";
import { visible } from "../base/visible";

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

/** Our own codes on their way through the one way out: whoever is not this process cannot write them. */
const OURS = randomBytes(8).toString("hex");
const OWN_CODE = new RegExp(`\u001b${OURS}(\\d+)m`);

/** The one way out: hosts, clusters and files may have put anything into a text; it does nothing to a terminal. */
export const shown = (text: string): string =>
  text
    .split(OWN_CODE)
    .map((part, at) => (at % 2 === 0 ? visible(part) : `\u001b[${part}m`))
    .join("");

/** Warnings and errors go to the error stream; colours only where somebody looks. */
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
      shown(coloured + wrap(`${word} ${visible(text)}`).slice(word.length)),
    );
  // Who stops reading, as `head` does, does not stop the work.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", () => undefined);
  return {
    say: (line = "") => console.log(shown(line)),
    warn: (text) => complain("Warning:", yellow("Warning:"), text),
    fail: (text) => complain("Error:", red(bold("Error:")), text),
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
