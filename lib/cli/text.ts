import { relative } from "node:path";

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
    .split(" ")
    .flatMap((word) => (word.length > room ? pieces(word, room) : [word]))
    .reduce<string[]>((lines, word) => {
      const last = lines.at(-1);
      const longer = last === undefined ? indent + word : `${last} ${word}`;
      if (last !== undefined && longer.length > width)
        return [...lines, further + word];
      return [...lines.slice(0, -1), longer];
    }, []);
}

const pieces = (word: string, length: number): string[] =>
  Array.from({ length: Math.ceil(word.length / length) }, (_, at) =>
    word.slice(at * length, (at + 1) * length),
  );

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
