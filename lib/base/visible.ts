/**
 * Characters that control a terminal or that nobody sees: control characters, text direction marks, invisible
 * characters, line separators, unpaired surrogates. A tab is harmless.
 */
const HIDDEN = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Characters of one line of an error: nobody reads longer ones. */
const LONGEST_LINE = 4_000;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
}

/** Escapes the hidden characters of a text from outside, for a terminal or a log. Line breaks are kept. */
export const visible = (text: string): string =>
  text.replace(HIDDEN, (character) =>
    character === "\n" ? character : escaped(character),
  );

/** Like {@link visible}, but for a text that must stay one line: line breaks are escaped, too. */
export const visibleLine = (text: string): string =>
  visible(text).replaceAll("\n", "\\n");

/** The lines of an error. The values in a line may contain anything. */
export const visibleLines = (lines: readonly string[]): string =>
  lines.map((line) => shortened(visibleLine(line))).join("\n");

function shortened(line: string): string {
  const rest = line.length - LONGEST_LINE;
  return rest > 0
    ? `${line.slice(0, LONGEST_LINE)}… (${rest} more characters)`
    : line;
}

/** A copy of a value in which every text, keys included, is a {@link visibleLine}. */
export function printable<T>(value: T): T;
export function printable(value: unknown): unknown {
  if (typeof value === "string") return visibleLine(value);
  if (Array.isArray(value)) return value.map((each) => printable(each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      visibleLine(key),
      printable(each),
    ]),
  );
}

/** JSON with the same meaning, with hidden characters as JSON escapes, so that it can be printed to a terminal. */
export const visibleJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(HIDDEN, (character) =>
    character === "\n"
      ? character
      : character.replace(
          /[\s\S]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
        ),
  );
