/**
 * Estimates how wide a text is, for programs that have no fonts. The widths are those of DejaVu Sans, which is one of the
 * widest fonts that a browser takes for `sans-serif`, rounded up.
 */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[ijlI|'!.,:; ]/, 0.34],
  [/[-()[\]{}/\\frt"`]/, 0.46],
  [/[mwMW@%]/, 1],
  [/[a-z0-9_?$*]/, 0.64],
  [/[A-Z\u00c0-\u024f]/, 0.79],
  [/[!-~]/, 0.84],
  [/\p{Extended_Pictographic}/u, 1.4],
];

const OTHERS = 1.05;
const BOLD = 1.14;

export interface Font {
  readonly size: number;
  readonly bold?: boolean;
}

export const widthOf = (text: string, { size, bold = false }: Font): number =>
  [...text].reduce((sum, character) => sum + emOf(character), 0) *
  size *
  (bold ? BOLD : 1);

const emOf = (character: string): number =>
  WIDTHS.find(([characters]) => characters.test(character))?.[1] ?? OTHERS;

/** The text, or as much of its beginning as fits, followed by `…`. */
export function fitted(text: string, width: number, font: Font): string {
  if (widthOf(text, font) <= width) return text;
  const room = width - widthOf("…", font);
  let [used, kept] = [0, ""];
  for (const character of text) {
    used += widthOf(character, font);
    if (used > room) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** Breaks a text between words into at most `most` lines. The last line is cut. */
export function fittedLines(
  text: string,
  width: number,
  font: Font,
  most: number,
): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    const isLast = lines.length === most - 1;
    if (line !== "" && !isLast && widthOf(longer, font) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((each) => fitted(each, width, font));
}
