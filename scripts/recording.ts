// Turns the recording of a terminal (asciicast version 2) into an SVG that plays it: `npm run docs` makes
// docs/pictures/NAME.svg of each scripts/recordings/NAME.cast. A page that is printed, or a reader who wants no motion, has
// the last picture.

export const RECORDINGS = "scripts/recordings";

/** The longest time that nothing happens, in seconds. */
const LONGEST_PAUSE = 1.2;
/** How long the last picture stays, in seconds. */
const LAST_STAYS = 6;
/** Changes within this time, in seconds, are one picture. */
const TOGETHER = 0.12;

const CHARACTER = { width: 8.4, height: 18 };
const MARGIN = 16;

const COLOURS: Readonly<Record<string, string>> = {
  "1": "bold",
  "2": "dim",
  "31": "red",
  "32": "green",
  "33": "yellow",
  "34": "blue",
  "36": "cyan",
};

interface Header {
  readonly width: number;
  readonly height: number;
  /** What the recording shows, for those who cannot see it. */
  readonly title: string;
}

interface Cell {
  readonly character: string;
  readonly style: string;
}

interface Picture {
  /** Seconds from the beginning. */
  readonly at: number;
  /** The lines on the screen, as SVG text. */
  readonly lines: readonly string[];
}

/** A terminal that understands what command lines print: text, colours, and lines that are written again. */
class Terminal {
  private readonly lines: Cell[][] = [[]];
  private row = 0;
  private column = 0;
  private style = "";

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {}

  write(text: string): void {
    // eslint-disable-next-line no-control-regex
    for (const [part] of text.matchAll(/\x1b\[[?\d;]*[A-Za-z]|[\s\S]/gu)) {
      if (part.startsWith("\x1b[")) this.control(part.slice(2));
      else if (part === "\n") this.moveTo(this.row + 1);
      else if (part === "\r") this.column = 0;
      else this.put(part);
    }
  }

  screen(): string[] {
    return this.lines.slice(-this.height).map(svgOf);
  }

  private put(character: string): void {
    if (this.column === this.width) this.moveTo(this.row + 1);
    const line = this.lines[this.row];
    while (line.length < this.column) line.push({ character: " ", style: "" });
    line[this.column++] = { character, style: this.style };
  }

  private moveTo(row: number): void {
    this.row = Math.max(0, row);
    this.column = 0;
    while (this.lines.length <= this.row) this.lines.push([]);
  }

  private control(sequence: string): void {
    const count = Number.parseInt(sequence, 10) || 1;
    const line = this.lines[this.row];
    if (sequence.endsWith("K"))
      this.lines[this.row] =
        sequence === "2K" ? [] : line.slice(0, this.column);
    else if (sequence.endsWith("A")) this.moveTo(this.row - count);
    else if (sequence.endsWith("J"))
      this.lines.splice(this.row, Infinity, line.slice(0, this.column));
    else if (sequence.endsWith("m"))
      for (const code of sequence.slice(0, -1).split(";"))
        this.style =
          code === "0" || code === "" || code === "39" || code === "22"
            ? ""
            : `${this.style} ${COLOURS[code] ?? ""}`.trim();
  }
}

/** A line of cells, as text in pieces of the same style. */
function svgOf(cells: readonly Cell[]): string {
  const pieces: { style: string; text: string }[] = [];
  for (const { character, style } of cells) {
    const last = pieces.at(-1);
    if (last?.style === style) last.text += character;
    else pieces.push({ style, text: character });
  }
  return pieces
    .map(({ style, text }) =>
      style === ""
        ? escaped(text)
        : `<tspan class="${style}">${escaped(text)}</tspan>`,
    )
    .join("");
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The SVG of a recording. */
export function recordingSvg(cast: string): string {
  const [head, ...events] = cast.trim().split("\n");
  const { width, height, title } = JSON.parse(head) as Header;
  const pictures = picturesOf(
    new Terminal(width, height),
    events.map((line) => JSON.parse(line) as [number, string, string]),
  );
  const end = pictures.at(-1)!.at + LAST_STAYS;
  const ids = new Map<string, string>();
  for (const line of pictures.flatMap(({ lines }) => lines))
    if (line !== "" && !ids.has(line)) ids.set(line, `l${ids.size}`);
  const wide = Math.ceil(width * CHARACTER.width) + 2 * MARGIN;
  const high = height * CHARACTER.height + 2 * MARGIN;
  const frames = pictures.map(
    ({ lines }, i) =>
      `<g transform="translate(${i * wide})">${lines
        .map((line, row) =>
          line === ""
            ? ""
            : `<use href="#${ids.get(line)}" y="${(row + 1) * CHARACTER.height}"/>`,
        )
        .join("")}</g>`,
  );
  const steps = pictures.map(
    ({ at }, i) =>
      `${((at / end) * 100).toFixed(2)}%{transform:translateX(-${i * wide}px)}`,
  );
  const last = `translateX(-${(pictures.length - 1) * wide}px)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d8dee9;white-space:pre}
.bold{font-weight:700}.dim{fill:#8f9bb3}.red{fill:#ff7b72}.green{fill:#7ee787}.yellow{fill:#e3b341}.blue{fill:#79c0ff}.cyan{fill:#76e3ea}
.film{transform:${last};animation:play ${end.toFixed(1)}s steps(1,end) infinite}
@keyframes play{${steps.join("")}100%{transform:${last}}}
@media print,(prefers-reduced-motion:reduce){.film{animation:none}}
</style>
<defs>${[...ids].map(([line, id]) => `<text id="${id}" xml:space="preserve">${line}</text>`).join("\n")}</defs>
<rect width="100%" height="100%" rx="8" fill="#10141c"/>
<svg x="${MARGIN}" y="${MARGIN - 4}" width="${wide - MARGIN}" height="${high - MARGIN}"><g class="film">${frames.join("\n")}</g></svg>
</svg>
`;
}

function picturesOf(
  terminal: Terminal,
  events: readonly (readonly [number, string, string])[],
): Picture[] {
  const pictures: Picture[] = [];
  let at = 0;
  events.forEach(([time, kind, data], i) => {
    if (i > 0) at += Math.min(time - events[i - 1][0], LONGEST_PAUSE);
    if (kind !== "o") return;
    terminal.write(data);
    const picture = { at, lines: terminal.screen() };
    const last = pictures.at(-1);
    if (last && at - last.at < TOGETHER)
      pictures[pictures.length - 1] = { ...picture, at: last.at };
    else pictures.push(picture);
  });
  return pictures;
}
