import { PALETTE } from "./style";
import { type Frame, type Item, type Outline } from "./outline";
import type { Colour } from "./words";

/**
 * The outline in the language of Graphviz.
 * @see https://graphviz.org/doc/info/lang.html
 */
export function dotOf({ frames, edges }: Outline): string {
  const inside = new Map(
    frames.flatMap(framesIn).map((each) => [each.id, each]),
  );
  return [
    "digraph clusters {",
    '  graph [compound=true, rankdir=LR, fontname="sans-serif", style=rounded, nodesep=0.3];',
    '  node [shape=box, style=rounded, fontname="sans-serif", fontsize=11];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...frames.flatMap((frame) => frameLines(frame, "  ")),
    ...edges.map(({ from, to, label }) => {
      // An edge is between nodes. That it means the whole frame is an attribute.
      const [tail, head] = [inside.get(from), inside.get(to)];
      const attributes = {
        ...(tail && { ltail: frameId(from) }),
        ...(head && { lhead: frameId(to) }),
        ...(label !== undefined && { label: quoted([label]) }),
      };
      return `  ${tail ? firstItem(tail) : from} -> ${head ? firstItem(head) : to}${listed(attributes)};`;
    }),
    "}",
    "",
  ].join("\n");
}

function frameLines(
  { id, lines, items, frames }: Frame,
  indent: string,
): string[] {
  return [
    `${indent}subgraph ${frameId(id)} {`,
    `${indent}  label=${quoted(lines)};`,
    ...items.map((item) => `${indent}  ${itemLine(item)}`),
    ...frames.flatMap((frame) => frameLines(frame, `${indent}  `)),
    `${indent}}`,
  ];
}

const itemLine = ({ id, lines, colour }: Item): string =>
  `${id}${listed({ label: quoted(lines), ...(colour && look(colour)) })};`;

const look = (colour: Colour) => ({
  color: quoted([PALETTE[colour][0]]),
  penwidth: colour === "none" ? "1" : "2",
});

const listed = (attributes: Readonly<Record<string, string>>): string => {
  const words = Object.entries(attributes).map(
    ([key, value]) => `${key}=${value}`,
  );
  return words.length > 0 ? ` [${words.join(", ")}]` : "";
};

/** Graphviz draws a frame around a subgraph whose name begins with `cluster`. */
const frameId = (id: string): string => `cluster_${id}`;

const framesIn = (frame: Frame): Frame[] => [
  frame,
  ...frame.frames.flatMap(framesIn),
];

/** A frame is never empty. */
const firstItem = (frame: Frame): string =>
  frame.items[0]?.id ?? firstItem(frame.frames[0]);

/** Lines as one string, in which every character means itself. */
const quoted = (lines: readonly string[]): string =>
  `"${lines.map((line) => line.replace(/[\\"]/g, "\\$&").replaceAll("&", "&amp;")).join("\\n")}"`;
