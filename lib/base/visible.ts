/**
 * Signs that a terminal obeys or that nobody sees: control characters, marks of direction, invisible ones, line
 * separators, halves of characters. A tab only makes room.
 */
const HIDDEN = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A line of an error is for people, who read no more of it. */
const LONGEST_LINE = 4_000;

function spelled(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
}

/** A text that may have come from a host, a cluster or a file, for a terminal or a log: line breaks stay. */
export const visible = (text: string): string =>
  text.replace(HIDDEN, (sign) => (sign === "\n" ? sign : spelled(sign)));

/** The same of what is to be one line: nothing in it can begin another one. */
export const visibleLine = (text: string): string =>
  visible(text).replaceAll("\n", "\\n");

/** Lines of an error, each with whatever values it has in it. */
export const visibleLines = (lines: readonly string[]): string =>
  lines.map((line) => shortened(visibleLine(line))).join("\n");

function shortened(line: string): string {
  const rest = line.length - LONGEST_LINE;
  return rest > 0
    ? `${line.slice(0, LONGEST_LINE)}… (${rest} more characters)`
    : line;
}

/** All texts in a value, each of them one line. */
export function printable<T>(value: T): T {
  return mapped(value) as T;
}

function mapped(value: unknown): unknown {
  if (typeof value === "string") return visibleLine(value);
  if (Array.isArray(value)) return value.map(mapped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      visibleLine(key),
      mapped(each),
    ]),
  );
}

/** JSON that says the same, and that a terminal can be shown. */
export const visibleJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(HIDDEN, (sign) =>
    sign === "\n"
      ? sign
      : Array.from({ length: sign.length }, (_, at) =>
          sign.charCodeAt(at).toString(16).padStart(4, "0"),
        )
          .map((digits) => `\\u${digits}`)
          .join(""),
  );
