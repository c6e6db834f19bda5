import type { Clock } from "../base/clock";
import { visibleLine } from "../base/visible";
import { type Doing, doingLine, type Phase, phaseWords } from "./phases";
import { fitting } from "./text";

/** A phase that goes on. */
export interface Running {
  readonly phase: Phase;
  /** When it began, in milliseconds since 1970. */
  readonly began: number;
  readonly doing: Doing;
}

/** Shows people what goes on, while it goes on. */
export interface Display {
  /** Is called when a phase begins, when more is known about it, and with nothing when it ends. */
  show(running?: Running): void;
  /** Prints something else. */
  around(print: () => void): void;
}

/** Shows nothing. */
export const NO_DISPLAY: Display = {
  show: () => undefined,
  around: (print) => print(),
};

/** A terminal, or whatever else standard error is. */
export interface Screen {
  readonly columns?: number;
  write(text: string): unknown;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

/** Seconds without a printed line after which a line says what still goes on. The time doubles with each such line. */
const SILENCE = { first: 10, longest: 60 };

/** A line when a phase begins, and when nothing was printed for long: for logs. */
export class PlainLines implements Display {
  private running?: Running;
  private timer?: NodeJS.Timeout;
  private lastPrinted = 0;
  private patience = SILENCE.first;

  constructor(
    private readonly screen: Pick<Screen, "write">,
    private readonly clock: Clock,
  ) {}

  show(running?: Running): void {
    const isNew = running?.phase !== this.running?.phase;
    this.running = running;
    if (!isNew) return;
    clearInterval(this.timer);
    if (running === undefined) return;
    this.around(() => this.line(phaseWords(running.phase)));
    this.timer = every(1000, () => this.tick());
  }

  around(print: () => void): void {
    print();
    this.lastPrinted = this.clock.now();
    this.patience = SILENCE.first;
  }

  /** Breaks the silence. */
  tick(): void {
    const { running } = this;
    const now = this.clock.now();
    if (!running || now - this.lastPrinted < this.patience * 1000) return;
    const patience = Math.min(2 * this.patience, SILENCE.longest);
    this.around(() =>
      this.line(doingLine(running.phase, running.doing, now - running.began)),
    );
    this.patience = patience;
  }

  /** The dots tell what goes on from what was done. */
  private line(text: string): void {
    this.screen.write(`${visibleLine(text)}…\n`);
  }
}

/** Erases everything from the beginning of the line to the end of the screen. */
const ERASE = "\r\u001b[J";

/**
 * The last line of a terminal, which is written anew while a phase goes on, and erased before anything else is printed.
 * The cursor waits at its beginning: so `^C` does not make it longer, and when a narrower terminal has wrapped the line,
 * all of it is behind the cursor and can be erased.
 */
export class LiveLine implements Display {
  private running?: Running;
  private timer?: NodeJS.Timeout;
  private shown = "";

  constructor(
    private readonly screen: Screen,
    private readonly clock: Clock,
    private readonly dim: (text: string) => string,
  ) {}

  show(running?: Running): void {
    const isNew = running?.phase !== this.running?.phase;
    this.running = running;
    // What is known about a phase may change a hundred times in a second.
    if (!isNew) return;
    clearInterval(this.timer);
    this.screen.off("resize", this.redraw);
    if (running) {
      this.timer = every(200, () => this.draw());
      this.screen.on("resize", this.redraw);
    }
    this.draw();
  }

  around(print: () => void): void {
    this.erase();
    print();
    this.draw();
  }

  private readonly redraw = (): void => {
    this.erase();
    this.draw();
  };

  private erase(): void {
    if (this.shown !== "") this.screen.write(ERASE);
    this.shown = "";
  }

  private draw(): void {
    const { running } = this;
    if (running === undefined) return this.erase();
    const { phase, doing, began } = running;
    const line = fitting(
      visibleLine(doingLine(phase, doing, this.clock.now() - began)),
      // Some terminals wrap a line that is as wide as they are.
      (this.screen.columns || 80) - 1,
    );
    if (line === this.shown) return;
    this.shown = line;
    this.screen.write(`${ERASE}${this.dim(line)}\r`);
  }
}

/** Repeats an action; it keeps no process alive. */
const every = (milliseconds: number, action: () => void): NodeJS.Timeout =>
  setInterval(action, milliseconds).unref();
