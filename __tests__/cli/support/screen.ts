const ESCAPE = "\u001b";
const COLOUR = new RegExp(`${ESCAPE}\\[\\d+m`, "g");
const PART = new RegExp(`${ESCAPE}\\[\\d*[A-Za-z]|[\\s\\S]`, "gu");
const LIVE_LINE = new RegExp(`${ESCAPE}\\[J([^\\r\\n]+)\\r`, "g");

export const isColoured = (text: string): boolean =>
  text !== withoutColours(text);

export const withoutColours = (text: string): string =>
  text.replace(COLOUR, "");

/** What each rewriting of the live line was. */
export const liveLinesIn = (text: string): string[] =>
  [...withoutColours(text).matchAll(LIVE_LINE)].map(([, line]) => line);

/**
 * What a terminal shows. Like the terminals that people use, it wraps long lines, and wraps them anew when its width
 * changes; the cursor stays at its character.
 */
export class TerminalScreen {
  private readonly lines: string[][] = [[]];
  private line = 0;
  private column = 0;
  private readonly listeners = new Set<() => void>();

  constructor(public columns: number) {}

  /** The rows, without blanks at their ends. */
  get rows(): string[] {
    return this.lines.flatMap((line) =>
      Array.from(
        { length: Math.max(1, Math.ceil(line.length / this.columns)) },
        (_, row) =>
          line
            .slice(row * this.columns, (row + 1) * this.columns)
            .join("")
            .trimEnd(),
      ),
    );
  }

  get watchers(): number {
    return this.listeners.size;
  }

  /** Understands only what the live line needs: anything else fails. */
  write(text: string): void {
    for (const part of withoutColours(text).match(PART) ?? []) {
      if (part === "\r") this.column -= this.column % this.columns;
      else if (part === "\n") {
        this.line++;
        this.column = 0;
        this.lines[this.line] ??= [];
      } else if (part === "\u001b[J") {
        this.lines.splice(this.line + 1);
        this.lines[this.line].splice(this.column);
      } else if (/[^\P{C}\n]/u.test(part))
        throw new Error(`the terminal does not know ${JSON.stringify(part)}`);
      else {
        const line = this.lines[this.line];
        while (line.length < this.column) line.push(" ");
        line[this.column++] = part;
      }
    }
  }

  on(_: "resize", listener: () => void): void {
    this.listeners.add(listener);
  }

  off(_: "resize", listener: () => void): void {
    this.listeners.delete(listener);
  }

  resize(columns: number): void {
    this.columns = columns;
    for (const listener of this.listeners) listener();
  }
}

/** What a terminal of this width shows after a text was printed. */
export function rowsOf(text: string, columns: number): string[] {
  const screen = new TerminalScreen(columns);
  screen.write(text);
  return screen.rows;
}
