import { element, escapeMarkup } from "../markup";
import { fitted, type Font } from "./text-width";
import type { Colour } from "./words";

/** Markup of a part of a picture, with its height. */
export interface Part {
  readonly marks: readonly string[];
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Area extends Point {
  readonly width: number;
  readonly height: number;
}

/** The fonts of a picture. The style sheet is made from them, too. */
export const FONTS = {
  title: { size: 20, bold: true },
  lane: { size: 14, bold: true },
  name: { size: 14, bold: true },
  label: { size: 12 },
  small: { size: 11 },
} as const satisfies Readonly<Record<string, Font>>;

export interface TextOptions {
  readonly font?: keyof typeof FONTS;
  readonly anchor?: "start" | "middle" | "end";
  readonly colour?: Colour;
  readonly muted?: boolean;
  /** Whether it is turned by a quarter, to be read from below. */
  readonly turned?: boolean;
}

/** One line of text that is no wider than `width`. If it is cut, the whole text is shown where the mouse rests. */
export function text(
  { x, y }: Point,
  words: string,
  width: number,
  { font = "label", anchor, colour, muted, turned }: TextOptions = {},
): string {
  if (words === "") return "";
  const shown = fitted(words, width, FONTS[font]);
  return element(
    "text",
    {
      x,
      y,
      class: classes(font, muted && "muted", colour && `is-${colour}`),
      "text-anchor": anchor,
      transform: turned ? `rotate(-90 ${round(x)} ${round(y)})` : undefined,
    },
    ...(shown === words ? [] : [element("title", {}, escapeMarkup(words))]),
    escapeMarkup(shown),
  );
}

export const box = (
  area: Area,
  kind: "lane" | "box" | "chip" | "card",
): string =>
  element("rect", {
    ...area,
    rx: kind === "lane" || kind === "box" ? 8 : 4,
    class: kind,
  });

/** A chip on a box, or a card on a lane. It has a stripe in the colour of its state, if it has one. */
export const striped = (
  area: Area,
  kind: "chip" | "card",
  colour?: Colour,
): string[] => [
  box(area, kind),
  ...(colour
    ? [
        element("rect", {
          ...area,
          width: 5,
          rx: 2,
          class: `stripe is-${colour}`,
        }),
      ]
    : []),
];

const HEAD = { length: 8, half: 4 };

/** A line along points that lie beside or above each other, with a head at its end, or at both ends. */
export function arrow(points: readonly Point[], atBothEnds = false): string[] {
  const path = points.map(({ x, y }) => `${round(x)} ${round(y)}`).join("L");
  return [
    element("path", { d: `M${path}`, class: "line" }),
    head(points.at(-2)!, points.at(-1)!),
    ...(atBothEnds ? [head(points[1], points[0])] : []),
  ];
}

function head(from: Point, { x, y }: Point): string {
  const [dx, dy] = [Math.sign(x - from.x), Math.sign(y - from.y)];
  const { length, half } = HEAD;
  const base = { x: x - dx * length, y: y - dy * length };
  const corners = [
    { x: base.x - dy * half, y: base.y - dx * half },
    { x: base.x + dy * half, y: base.y + dx * half },
  ];
  const path = [{ x, y }, ...corners]
    .map((corner) => `${round(corner.x)} ${round(corner.y)}`)
    .join("L");
  return element("path", { d: `M${path}Z`, class: "head" });
}

const classes = (...names: readonly (string | false | undefined)[]): string =>
  names.filter(Boolean).join(" ");

const round = (length: number): number => Math.round(length * 100) / 100;
