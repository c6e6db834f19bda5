import { PALETTE, STATES } from "./style";
import type { Frame, Item, Outline } from "./outline";

/**
 * The outline in the language of Mermaid.
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export const mermaidOf = ({ frames, edges }: Outline): string =>
  [
    "flowchart LR",
    ...frames.flatMap((frame) => frameLines(frame, "  ")),
    ...edges.map(({ from, to, label }) =>
      label === undefined
        ? `  ${from} --> ${to}`
        : `  ${from} -->|${quoted([label])}| ${to}`,
    ),
    ...STATES.map(
      (state) =>
        `  classDef ${state} stroke:${PALETTE[state][0]},stroke-width:${state === "none" ? 1 : 2}px`,
    ),
    "",
  ].join("\n");

function frameLines(
  { id, lines, items, frames }: Frame,
  indent: string,
): string[] {
  return [
    `${indent}subgraph ${id}[${quoted(lines)}]`,
    ...items.map((item) => `${indent}  ${itemLine(item)}`),
    ...frames.flatMap((frame) => frameLines(frame, `${indent}  `)),
    `${indent}end`,
  ];
}

const itemLine = ({ id, lines, colour }: Item): string =>
  `${id}[${quoted(lines)}]${colour === undefined ? "" : `:::${colour}`}`;

/** Lines as one string. Everything but letters, digits and a few harmless signs is written as its number. */
const quoted = (lines: readonly string[]): string =>
  `"${lines.map(numbered).join("<br>")}"`;

/** Mermaid takes a backslash with an n for a line break, however it is written, so a similar sign stands for it. */
const numbered = (line: string): string =>
  line
    .replaceAll("\\", "\u29f5")
    .replace(/[^\p{L}\p{N} .,:/()→…-]/gu, (sign) => `#${sign.codePointAt(0)};`);
