import type { DistinctChange, TextLine } from "../plan/distinct-changes";
import { count, type Style } from "../output";

/** The most lines of one file that are printed. `--json` has all of them. */
const MOST_LINES = 40;

const MARKS: Readonly<
  Record<
    DistinctChange["action"],
    { readonly mark: string; readonly in: keyof Style }
  >
> = {
  make: { mark: "+", in: "green" },
  replace: { mark: "~", in: "yellow" },
  remove: { mark: "-", in: "red" },
};

/** Each distinct change of files, once: where it happens, why, and the lines that change. */
export const planLines = (
  changes: readonly DistinctChange[],
  style: Style,
): string[] =>
  changes.flatMap(({ action, path, nodes, reasons, lines }) => {
    const { mark, in: colour } = MARKS[action];
    const where = nodes.length > 0 ? style.dim(` on ${nodes.join(", ")}`) : "";
    return [
      `  ${style[colour](mark)} ${path}${where}`,
      ...reasons.map((reason) => `      ${reason}`),
      ...lines
        .slice(0, MOST_LINES)
        .map((line) => `      ${shown(line, indentOf(lines), style)}`),
      ...(lines.length > MOST_LINES
        ? [
            `      … ${count(lines.length - MOST_LINES, "more line")}, which --json has`,
          ]
        : []),
    ];
  });

/** The number of blanks with which all lines begin. */
const indentOf = (lines: readonly TextLine[]): number =>
  Math.min(
    ...lines
      .filter(({ text }) => text.trim() !== "")
      .map(({ text }) => text.search(/[^ ]/)),
  );

function shown({ mark, text: line }: TextLine, indent: number, style: Style) {
  const text = line.slice(indent);
  switch (mark) {
    case "+":
      return style.green(`+ ${text}`);
    case "-":
      return style.red(`- ${text}`);
    case "@":
      return style.dim("  …");
    default:
      return style.dim(`  ${text}`);
  }
}
