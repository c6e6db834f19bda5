import { compact } from "../../base/compact";
import type { Authority, Signed } from "../model/authorities";
import { namesInWords, thousands } from "../names";
import { whenInWords } from "../model/validity";
import { day } from "../report/validity";
import {
  arrow,
  box,
  FONTS,
  type Part,
  type Point,
  striped,
  text,
  type TextOptions,
} from "./drawing";
import { LANE_WIDTH } from "./layers";
import { fittedLines } from "./text-width";
import { COLOURS, validityWords } from "./words";

const PADDING = 16;
const TITLE = 34;
const BOX = 206;
const BETWEEN = 34;
const CARD_WIDTH = LANE_WIDTH - 2 * PADDING - BOX - BETWEEN;
const GAP = 4;
/** The most cards of an authority. */
const MOST_SIGNED = 25;
const LINE = 16;
/** The room for one line of a card, above and below its text. */
const CARD = 10;

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
  const names = fittedLines(authority.purpose, BOX - 24, FONTS.name, 4);
  const about = aboutLines(authority, now);
  const own = cardHeight(names.length + about.length);
  const colour = COLOURS[authority.state];
  const left = x + BOX + BETWEEN;
  const [start, rail] = [y + cardHeight(1) / 2, x + BOX + BETWEEN / 2];
  let bottom = y;
  const { signs } = authority;
  const shown =
    signs.length > MOST_SIGNED ? signs.slice(0, MOST_SIGNED - 1) : signs;
  const rest = signs.length - shown.length;
  const cards = [
    ...shown.map((signed) => (at: Point) => signedRow(at, signed, now)),
    ...(rest > 0 ? [(at: Point) => restRow(at, rest)] : []),
  ];
  const rows = cards.flatMap((card) => {
    const row = card({ x: left, y: bottom });
    const middle = bottom + cardHeight(1) / 2;
    bottom += row.height + GAP;
    return [
      ...arrow([
        { x: x + BOX, y: start },
        { x: rail, y: start },
        { x: rail, y: middle },
        { x: left - 1, y: middle },
      ]),
      ...row.marks,
    ];
  });
  return {
    height: Math.max(own, bottom - GAP - y),
    marks: [
      ...striped({ x, y, width: BOX, height: own }, "card", colour),
      ...lines({ x: x + 14, y }, names, BOX - 24, { font: "name" }),
      ...lines({ x: x + 14, y: y + names.length * LINE }, about, BOX - 24, {
        font: "small",
        muted: true,
      }),
      ...rows,
    ],
  };
}

function restRow({ x, y }: Point, rest: number): Part {
  const height = cardHeight(1);
  return {
    height,
    marks: [
      ...striped({ x, y, width: CARD_WIDTH, height }, "card"),
      ...lines({ x: x + 14, y }, [`and ${thousands(rest)} more`], 300, {
        muted: true,
      }),
    ],
  };
}

const cardHeight = (count: number): number => count * LINE + CARD;

/** Lines of text in a card that begins at this place. */
const lines = (
  { x, y }: Point,
  words: readonly string[],
  width: number,
  options: TextOptions = {},
): string[] =>
  words.map((line, at) =>
    text({ x, y: y + (at + 1) * LINE + 1 }, line, width, options),
  );

function aboutLines(
  { kind, state, notAfter, hasKey, issuer }: Authority,
  now: Date,
): string[] {
  if (kind === "elsewhere") return [];
  if (state === "none") return ["not made yet"];
  return compact(
    ...(notAfter === undefined
      ? []
      : [`until ${day(notAfter)}`, whenInWords(notAfter, now)]),
    state !== "fine" && validityWords({ state, notAfter }, now),
    hasKey ? "its key is in the store" : "its key is elsewhere",
    issuer !== undefined && `signed by ${issuer}`,
  );
}

function signedRow({ x, y }: Point, signed: Signed, now: Date): Part {
  const width = CARD_WIDTH;
  const colour = COLOURS[signed.state];
  const purpose = fittedLines(signed.purpose, 346, FONTS.label, 2);
  const nodes = fittedLines(namesInWords(signed.nodes), 142, FONTS.small, 2);
  const height = cardHeight(Math.max(purpose.length, nodes.length));
  const small = { font: "small", anchor: "end" } as const;
  return {
    height,
    marks: [
      ...striped({ x, y, width, height }, "card", colour),
      ...lines({ x: x + 14, y }, purpose, 346),
      ...lines({ x: x + width - 112, y }, nodes, 142, {
        ...small,
        muted: true,
      }),
      ...lines({ x: x + width - 10, y }, [validityWords(signed, now)], 94, {
        ...small,
        colour,
      }),
    ],
  };
}
