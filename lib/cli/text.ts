import { relative } from "node:path";

/** Characters in a printed line: wide enough for a path and a sentence. */
export const WIDTH = 120;

/** Breaks a line between words; the new lines have the same indent. */
export function wrap(text: string, width: number): string[] {
  const indent = /^ */.exec(text)?.[0] ?? "";
  return text
    .trimStart()
    .split(" ")
    .reduce<string[]>((lines, word) => {
      const last = lines.at(-1);
      const longer = last === undefined ? indent + word : `${last} ${word}`;
      if (last !== undefined && longer.length > width)
        return [...lines, indent + word];
      return [...lines.slice(0, -1), longer];
    }, []);
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
