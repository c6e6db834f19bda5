import { compact } from "../../base/compact";
import type { Authority, Signed } from "../model/authorities";
import { namesInWords } from "../model/names";
import { whenInWords } from "../model/validity";
import { day } from "../report/inspect-table";
import {
  arrow,
  box,
  chip,
  FONTS,
  type Part,
  type Point,
  text,
} from "./drawing";
import { LANE_WIDTH } from "./layers";
import { fittedLines } from "./text-width";
import { COLOURS, validityWords } from "./words";

const PADDING = 16;
const BOX = 262;
const BETWEEN = 40;
const ROW = { height: 26, gap: 4 };
const TITLE = 34;
const LINE = 17;

/** A lane with each authority at the left, and what it signs at its right. */
export function authoritiesPart(
  { x, y }: Point,
  authorities: readonly Authority[],
  now: Date,
): Part {
  if (authorities.length === 0) return { marks: [], height: 0 };
  let top = y + TITLE;
  const marks: string[] = [];
  for (const each of authorities) {
    const part = authorityPart({ x: x + PADDING, y: top }, each, now);
    marks.push(...part.marks);
    top += part.height + PADDING;
  }
  const height = top - y;
  return {
    height,
    marks: [
      box({ x, y, width: LANE_WIDTH, height }, "lane"),
      text(
        { x: x + PADDING, y: y + 22 },
        "Authorities and what they sign",
        600,
        {
          font: "lane",
        },
      ),
      ...marks,
    ],
  };
}

function authorityPart({ x, y }: Point, authority: Authority, now: Date): Part {
  const { purpose, state, signs } = authority;
  const names = fittedLines(purpose, BOX - 28, BOLD, 3);
  const about = aboutLines(authority, now);
  const rows = signs.length * (ROW.height + ROW.gap) - ROW.gap;
  const own = (names.length + about.length) * LINE + 16;
  const height = Math.max(own, rows);
  const left = x + BOX + BETWEEN;
  const rail = x + BOX + BETWEEN / 2;
  const line = (at: number): Point => ({ x: x + 18, y: y + 21 + at * LINE });
  const at = (index: number): number => y + index * (ROW.height + ROW.gap);
  const start = y + Math.min(height, own) / 2;
  return {
    height,
    marks: [
      ...chip({ x, y, width: BOX, height: own }, COLOURS[state]),
      ...names.map((words, index) =>
        text(line(index), words, BOX - 28, { font: "name" }),
      ),
      ...about.map((words, index) =>
        text(line(names.length + index), words, BOX - 28, {
          font: "small",
          muted: true,
        }),
      ),
      ...signs.flatMap((signed, index) => [
        ...arrow([
          { x: x + BOX, y: start },
          { x: rail, y: start },
          { x: rail, y: at(index) + ROW.height / 2 },
          { x: left - 1, y: at(index) + ROW.height / 2 },
        ]),
        ...signedRow({ x: left, y: at(index) }, signed, now),
      ]),
    ],
  };
}

const BOLD = FONTS.name;

function aboutLines(
  { kind, state, notAfter, hasKey, issuer }: Authority,
  now: Date,
): string[] {
  if (kind === "elsewhere") return [];
  if (state === "none") return ["not made yet"];
  return compact(
    notAfter !== undefined &&
      `until ${day(notAfter)}, ${whenInWords(notAfter, now)}`,
    state !== "fine" && validityWords({ state, notAfter }, now),
    hasKey ? "its key is in the store" : "its key is elsewhere",
    issuer !== undefined && `signed by ${issuer}`,
  );
}

function signedRow({ x, y }: Point, signed: Signed, now: Date): string[] {
  const width = LANE_WIDTH - 2 * PADDING - BOX - BETWEEN;
  const colour = COLOURS[signed.state];
  const baseline = y + 17;
  return [
    ...chip({ x, y, width, height: ROW.height }, colour),
    text({ x: x + 14, y: baseline }, signed.purpose, 300),
    text({ x: x + width - 104, y: baseline }, namesInWords(signed.nodes), 132, {
      font: "small",
      anchor: "end",
      muted: true,
    }),
    text({ x: x + width - 10, y: baseline }, validityWords(signed, now), 88, {
      font: "small",
      anchor: "end",
      colour,
    }),
  ];
}
