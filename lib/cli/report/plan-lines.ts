import type { DistinctChange, TextLine } from "../plan/distinct-changes";
import { changeMark, count, type Style } from "../output";
import { wrap } from "../text";

/** The most lines of one file that are printed. `--json` has all of them. */
const MOST_LINES = 40;

const MARKS: Readonly<Record<DistinctChange["action"], string>> = {
  make: "+",
  replace: "~",
  remove: "-",
};

const INDENT = " ".repeat(6);

/** Each distinct change of files, once: where it happens, why, and the lines that change. */
export const planLines = (
  changes: readonly DistinctChange[],
  style: Style,
): string[] =>
  changes.flatMap(({ action, path, nodes, reasons, lines }) => {
    const shown = lines.slice(0, MOST_LINES);
    const rest = lines.length - shown.length;
    return [
      ...titleLines(
        `  ${changeMark(MARKS[action], style)} `,
        path,
        nodes,
        style,
      ),
      ...reasons.flatMap((reason) => wrap(INDENT + reason, style.width, 2)),
      ...shown.flatMap((line) => textLines(line, indentOf(lines), style)),
      ...(rest > 0
        ? [`${INDENT}… ${count(rest, "more line")}, which --json has`]
        : []),
    ];
  });

/** The path of a file, and the nodes behind it, or below it if they are too many for one line. */
function titleLines(
  mark: string,
  path: string,
  nodes: readonly string[],
  style: Style,
): string[] {
  if (nodes.length === 0) return [mark + path];
  const where = `on ${nodes.join(", ")}`;
  return path.length + where.length + 5 <= style.width
    ? [`${mark}${path} ${style.dim(where)}`]
    : [mark + path, ...wrap(INDENT + where, style.width).map(style.dim)];
}

/** The number of blanks with which all lines begin. */
const indentOf = (lines: readonly TextLine[]): number =>
  Math.min(
    ...lines
      .filter(({ text }) => text.trim() !== "")
      .map(({ text }) => text.search(/[^ ]/)),
  );

function textLines(
  { mark, text }: TextLine,
  indent: number,
  style: Style,
): string[] {
  const tint =
    mark === "+" ? style.green : mark === "-" ? style.red : style.dim;
  const line = mark === "@" ? "  …" : `${mark} ${text.slice(indent)}`;
  return wrap(INDENT + line, style.width, 4).map(tint);
}
