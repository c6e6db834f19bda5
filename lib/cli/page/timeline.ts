import { element, escapeMarkup } from "../markup";
import type { AlikeCertificates } from "../model/certificates";
import { namesInWords } from "../names";
import { rfc3339 } from "../../base/duration";
import { text } from "../picture/drawing";
import { COLOURS } from "../picture/words";
import { day } from "../report/validity";

const WIDTH = 960;
const LABEL = 430;
const RIGHT = 96;
const TOP = 30;
const ROW = 22;
const BAR = 12;
const DAY = 86_400_000;

/** The most certificates that are drawn: the first to expire. The table has all of them. */
export const MOST_DRAWN = 40;

type Drawn = AlikeCertificates & {
  readonly notBefore: string;
  readonly notAfter: string;
};

/** Bars from the beginning to the end of each certificate, which are dark from its renewal on. */
export function timeline(
  certificates: readonly AlikeCertificates[],
  now: Date,
): string | undefined {
  const drawn = certificates.filter(isMade).slice(0, MOST_DRAWN);
  if (drawn.length === 0) return undefined;
  const scale = scaleOf(drawn, now);
  const height = TOP + drawn.length * ROW + 24;
  const purposes = drawn.map(({ purpose }) => purpose);
  const line = (time: number, kind: string): string =>
    element("path", {
      d: `M${scale.at(time)} ${TOP - 6}V${height - 18}`,
      class: kind,
    });
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "picture timeline",
      viewBox: `0 0 ${WIDTH} ${height}`,
      role: "img",
    },
    element("title", {}, "When certificates begin, are renewed, and end"),
    element(
      "desc",
      {},
      escapeMarkup(
        drawn
          .map(
            (one) =>
              `${one.purpose}: ${day(one.notBefore)} to ${day(one.notAfter)}.`,
          )
          .join(" "),
      ),
    ),
    ...ticksOf(scale).flatMap((time) => [
      line(time, "tick"),
      text({ x: scale.at(time), y: TOP - 12 }, label(time, scale), 90, {
        font: "small",
        anchor: "middle",
        muted: true,
      }),
    ]),
    ...drawn.flatMap((one, at) => {
      const y = TOP + at * ROW;
      const isOnly = purposes.filter((each) => each === one.purpose).length < 2;
      const nodes = isOnly ? "" : namesInWords(one.nodes);
      return [
        text(
          { x: 0, y: y + 13 },
          [one.purpose, nodes].filter(Boolean).join(", "),
          LABEL - 16,
        ),
        ...bars(one, y + 3, scale),
        text({ x: WIDTH, y: y + 13 }, endWords(one, scale), RIGHT - 4, {
          font: "small",
          anchor: "end",
          colour: COLOURS[one.state],
        }),
      ];
    }),
    line(now.getTime(), "now"),
    text({ x: scale.at(now.getTime()), y: height - 4 }, "now", 40, {
      font: "small",
      anchor: "middle",
    }),
  );
}

/** The day of the end, which is marked if it is outside of the picture. */
const endWords = ({ notAfter }: Drawn, { end }: Scale): string =>
  Date.parse(notAfter) > end ? `→ ${day(notAfter)}` : day(notAfter);

const isMade = (one: AlikeCertificates): one is Drawn =>
  one.notBefore !== undefined && one.notAfter !== undefined;

interface Scale {
  readonly start: number;
  readonly end: number;
  /** The place of a time; times outside are at the edge. */
  at(time: number): number;
}

/** From the first beginning to the last end. CAs live much longer than the others, so they may end outside. */
function scaleOf(drawn: readonly Drawn[], now: Date): Scale {
  const leaves = drawn.filter(({ isAuthority }) => !isAuthority);
  const counted = leaves.length > 0 ? leaves : drawn;
  const start = Math.min(
    now.getTime(),
    ...counted.map(({ notBefore }) => Date.parse(notBefore)),
  );
  const last = Math.max(
    now.getTime(),
    ...counted.map(({ notAfter }) => Date.parse(notAfter)),
  );
  const end = last + (last - start) / 50 + DAY;
  const [left, right] = [LABEL, WIDTH - RIGHT];
  return {
    start,
    end,
    at: (time) => {
      const share = (time - start) / (end - start);
      const x = left + Math.min(1, Math.max(0, share)) * (right - left);
      return Math.round(x * 100) / 100;
    },
  };
}

function bars(
  { notBefore, notAfter, renewal, state }: Drawn,
  y: number,
  scale: Scale,
): string[] {
  const bar = (from: string, to: string, kind: string): string[] => {
    const [x, end] = [from, to].map((time) => scale.at(Date.parse(time)));
    return end > x
      ? [
          element("rect", {
            x,
            y,
            width: end - x,
            height: BAR,
            rx: 2,
            class: `${kind} is-${COLOURS[state]}`,
          }),
        ]
      : [];
  };
  return [
    ...bar(notBefore, notAfter, "bar"),
    ...(renewal === undefined ? [] : bar(renewal, notAfter, "stripe")),
  ];
}

const STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240];
const MOST_TICKS = 9;

/** Beginnings of months, or, for a short time, days. */
function ticksOf({ start, end }: Scale): number[] {
  if (end - start < 62 * DAY) {
    const step = Math.ceil((end - start) / DAY / MOST_TICKS) * DAY;
    const first = Math.ceil(start / DAY) * DAY;
    return range((at) => first + at * step, end);
  }
  const months = (end - start) / (30 * DAY);
  const step = STEPS.find((each) => months / each <= MOST_TICKS) ?? months;
  const from = new Date(start);
  const first = Math.ceil((from.getUTCMonth() + 1) / step) * step;
  return range((at) => Date.UTC(from.getUTCFullYear(), first + at * step), end);
}

function range(time: (at: number) => number, end: number): number[] {
  const found: number[] = [];
  for (let at = 0; time(at) < end; at++) found.push(time(at));
  return found;
}

const label = (time: number, { start, end }: Scale): string =>
  rfc3339(new Date(time)).slice(0, end - start < 62 * DAY ? 10 : 7);
