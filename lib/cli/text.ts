import { relative } from "node:path";
import type { Style } from "./output";

/**
 * Breaks a line between words, and a word that is longer than a line. The further lines have the same indent, and `hang`
 * more blanks.
 */
export function wrap(text: string, width: number, hang = 0): string[] {
  const indent = /^ */.exec(text)?.[0] ?? "";
  const further = indent + " ".repeat(hang);
  const room = Math.max(width - further.length, 1);
  return text
    .trimStart()
    .split(BETWEEN_WORDS)
    .flatMap((word) => pieces(word, room))
    .reduce<string[]>((lines, word) => {
      const last = lines.at(-1);
      const longer = last === undefined ? indent + word : `${last} ${word}`;
      if (last !== undefined && longer.length > width)
        return [...lines, further + word];
      return [...lines.slice(0, -1), longer];
    }, []);
}

/** Wraps the lines of prose, and of what is listed behind dashes. Other indented lines stay as they are. */
export function wrapProse(text: string, width: number): string {
  let isListed = false;
  return text
    .split("\n")
    .flatMap((line) => {
      const isItem = line.startsWith("- ");
      isListed = isItem || (isListed && /^ {2}\S/.test(line));
      return isListed || !/^\s/.test(line)
        ? wrap(line, width, isItem ? 2 : 0)
        : [line];
    })
    .join("\n");
}

/** A blank, but not the one between a number and its unit: `364 d`. */
const BETWEEN_WORDS = /(?<!\d) | (?!(?:s|min|h|d|y|[KMGT]?i?B)\b|%)/;

/** The parts of a word that are not longer than a line. They end at a punctuation mark, if there is one in the second half. */
function pieces(word: string, length: number): string[] {
  if (word.length <= length) return [word];
  const mark = word.slice(0, length).search(/[,/.:-][^,/.:-]*$/) + 1;
  const end = mark > length / 2 ? mark : length;
  return [word.slice(0, end), ...pieces(word.slice(end), length)];
}

/** A name that stands out, and the text about it. */
export function titled(name: string, text: string, style: Style): string[] {
  const [first, ...more] = wrap(`${name}: ${text}`, style.width, 2);
  return [first.replace(name, style.bold), ...more];
}

/** `a`, `a and b`, `a, b and c` */
export const enumerated = (items: readonly string[]): string =>
  items.length < 2
    ? items.join("")
    : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

/** A path as people read it: relative to the working directory if it is below it. */
export function shownPath(path: string): string {
  const shown = relative(process.cwd(), path);
  return shown === "" ? "." : shown.startsWith("..") ? path : shown;
}

/** A path in a command for people to copy, in quotes if a shell needs them. */
export const quoted = (path: string): string =>
  /^[\w@%+=:,./][\w@%+=:,./-]*$/.test(path)
    ? path
    : `'${path.replace(/'/g, `'\\''`)}'`;

/** The heading above the lines about a store. */
export function storeTitle({
  store,
  clusterName,
  stack,
}: {
  readonly store: string;
  readonly clusterName?: string;
  readonly stack?: string;
}): string {
  const about = [
    clusterName && `cluster ${clusterName}`,
    stack && `stack ${stack}`,
  ].filter(Boolean);
  return about.length > 0 ? `${store} (${about.join(", ")})` : store;
}

/** The beginning of a line, if the whole of it takes more columns than there are. */
export function fitting(line: string, columns: number): string {
  const characters = [...line];
  if (characters.reduce((sum, each) => sum + columnsOf(each), 0) <= columns)
    return line;
  let left = columns - 1;
  const end = characters.findIndex((each) => (left -= columnsOf(each)) < 0);
  return `${characters.slice(0, end).join("")}…`;
}

/** Columns of a character: at most two, which is what East Asian characters and emoji take. */
const columnsOf = (character: string): number =>
  character.codePointAt(0)! >= 0x1100 ? 2 : 1;

/** A purpose without ` on <node>` at its end. */
export const withoutNode = (
  purpose: string,
  node: string | undefined,
): string =>
  node !== undefined && purpose.endsWith(` on ${node}`)
    ? purpose.slice(0, -` on ${node}`.length)
    : purpose;
