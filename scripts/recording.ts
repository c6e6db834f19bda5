// Draws a recording of a terminal as an animated SVG: `npm run docs` draws scripts/rollout.cast, which
// __tests__/e2e/full/recording.e2e.ts records.
import { Terminal, type IBufferLine } from "@xterm/headless";
import { escapeMarkup } from "../lib/cli/markup";

/** What asciinema records: https://docs.asciinema.org/manual/asciicast/v2/ */
interface Recording {
  readonly columns: number;
  readonly rows: number;
  readonly events: readonly {
    readonly seconds: number;
    readonly text: string;
  }[];
}

/** Words of one colour, in a row of the screen. */
interface Run {
  readonly column: number;
  readonly text: string;
  readonly colour: string;
  readonly isBold: boolean;
}

/** What a row of the screen shows for a while. */
interface Shown {
  readonly row: number;
  readonly runs: readonly Run[];
  readonly from: number;
  to: number;
}

/** How many times faster the recording is played. */
const SPEED = 4;
/** Seconds for which the last screen stays before the recording begins again. */
const REST = 6;
/** Pixels of a character, and of the frame around the screen. */
const WIDTH = 8.4;
const HEIGHT = 19;
const MARGIN = 16;
const TITLE = 34;
const FOREGROUND = "#c9d1d9";
/** The terminal's colours by their numbers. */
const COLOURS = [
  "#6e7681",
  "#ff7b72",
  "#3fb950",
  "#d29922",
  "#58a6ff",
  "#bc8cff",
  "#39c5cf",
  FOREGROUND,
];

export function parseRecording(cast: string): Recording {
  const [head, ...lines] = cast.trim().split("\n");
  const { width, height } = JSON.parse(head) as {
    width: number;
    height: number;
  };
  const events = lines.map((line) => {
    const [seconds, , text] = JSON.parse(line) as [number, string, string];
    return { seconds, text };
  });
  return { columns: width, rows: height, events };
}

/** The picture of a recording. `title` says what was recorded. */
export async function drawRecording(
  recording: Recording,
  title: string,
): Promise<string> {
  const { columns, events } = recording;
  const rows = await rowsShown(recording);
  const last = events.at(-1)!.seconds;
  const total = last / SPEED + REST;
  const width = Math.ceil(columns * WIDTH) + 2 * MARGIN;
  const height =
    TITLE + (Math.max(...rows.map(({ row }) => row)) + 1) * HEIGHT + MARGIN;
  const isFinal = ({ to }: Shown) => to === Infinity;
  const percent = (seconds: number) =>
    `${Math.round((seconds / SPEED / total) * 1e5) / 1e3}%`;
  const frames = rows.map(({ from, to }, at) => {
    const shown = `${percent(from)}{visibility:visible}`;
    const hidden = to === Infinity ? "" : `${percent(to)}{visibility:hidden}`;
    return `@keyframes k${at}{0%{visibility:hidden}${shown}${hidden}}#r${at}{animation-name:k${at}}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeMarkup(title)}">
<title>${escapeMarkup(title)}</title>
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:${FOREGROUND}}
.r{visibility:hidden;animation:${total.toFixed(2)}s step-end infinite}
.last{visibility:visible}
@media(prefers-reduced-motion:reduce){.r{animation:none}}
@media print{.r{animation:none}}
${frames.join("\n")}
</style>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<circle cx="20" cy="17" r="5" fill="#ff5f56"/><circle cx="38" cy="17" r="5" fill="#ffbd2e"/><circle cx="56" cy="17" r="5" fill="#27c93f"/>
<text x="${width / 2}" y="22" text-anchor="middle" style="fill:#8b949e">${escapeMarkup(`${title}, ${SPEED} times faster`)}</text>
${rows.map((shown, at) => `<g id="r${at}" class="${isFinal(shown) ? "r last" : "r"}">${runsOf(shown)}</g>`).join("\n")}
</svg>
`;
}

const runsOf = ({ row, runs }: Shown): string =>
  runs
    .map(({ column, text, colour, isBold }) => {
      const x = MARGIN + column * WIDTH;
      const style = [
        ...(colour === FOREGROUND ? [] : [`fill:${colour}`]),
        ...(isBold ? ["font-weight:bold"] : []),
      ].join(";");
      return `<text x="${x.toFixed(1)}" y="${TITLE + row * HEIGHT + 14}" textLength="${(text.length * WIDTH).toFixed(1)}"${style && ` style="${style}"`}>${escapeMarkup(text)}</text>`;
    })
    .join("");

/** Plays the recording on a screen, and notes what each row shows and for how long. */
async function rowsShown({
  columns,
  rows: height,
  events,
}: Recording): Promise<Shown[]> {
  const terminal = new Terminal({
    cols: columns,
    rows: height,
    allowProposedApi: true,
  });
  const rows: Shown[] = [];
  const current = new Map<number, Shown>();
  for (const { seconds, text } of events) {
    await new Promise<void>((resolve) => terminal.write(text, resolve));
    for (let row = 0; row < height; row++) {
      const runs = runsIn(terminal.buffer.active.getLine(row)!, columns);
      const before = current.get(row);
      if (JSON.stringify(before?.runs ?? []) === JSON.stringify(runs)) continue;
      if (before) before.to = seconds;
      current.delete(row);
      if (runs.length === 0) continue;
      const shown = { row, runs, from: seconds, to: Infinity };
      current.set(row, shown);
      rows.push(shown);
    }
  }
  terminal.dispose();
  return rows;
}

function runsIn(line: IBufferLine, columns: number): Run[] {
  const runs: {
    column: number;
    text: string;
    colour: string;
    isBold: boolean;
  }[] = [];
  for (let column = 0; column < columns; column++) {
    const cell = line.getCell(column)!;
    const text = cell.getChars() || " ";
    const colour = cell.isDim()
      ? COLOURS[0]
      : cell.isFgPalette()
        ? COLOURS[cell.getFgColor() % COLOURS.length]
        : FOREGROUND;
    const isBold = cell.isBold() !== 0;
    const run = runs.at(-1);
    if (run && run.colour === colour && run.isBold === isBold) run.text += text;
    else runs.push({ column, text, colour, isBold });
  }
  return runs
    .map((run, at) =>
      at === runs.length - 1 ? { ...run, text: run.text.trimEnd() } : run,
    )
    .filter(({ text }) => text.trim() !== "");
}
