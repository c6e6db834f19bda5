import { type Clock, SYSTEM_CLOCK } from "../base/clock";
import { visible } from "../base/visible";
import { type Display, LiveLine, NO_DISPLAY, PlainLines } from "./display";
import { COLOURS, type CommandOutput, PLAIN, safeForTerminal } from "./output";
import { totalLine } from "./phases";
import { wrapProse } from "./text";
import { Timetable } from "./timetable";

/** How people want to see what goes on. */
export interface OutputOptions {
  /** Whether only the result, warnings and errors are printed. */
  readonly quiet: boolean;
  /** Whether the result is printed as one JSON document. */
  readonly json: boolean;
}

/** How what goes on is shown: in a line that is written anew, in lines of a log, or not at all. */
export function displayKind(
  { quiet, json }: OutputOptions,
  terminals: { readonly stdout: boolean; readonly stderr: boolean },
  { TERM, CI }: Readonly<Record<string, string | undefined>>,
): "live" | "lines" | "none" {
  // A program that wants JSON reads no lines, but somebody may sit before it.
  if (quiet || (json && !terminals.stderr)) return "none";
  const isLive = terminals.stdout && terminals.stderr;
  return isLive && TERM !== "dumb" && !CI ? "live" : "lines";
}

/** Prints results to standard output, and warnings, errors and what goes on to standard error. */
export function standardOutput(
  options: OutputOptions = { quiet: false, json: false },
  clock: Clock = SYSTEM_CLOCK,
): CommandOutput {
  const { quiet, json } = options;
  const { stdin, stdout, stderr, env } = process;
  const style = {
    ...(stdout.isTTY && !env.NO_COLOR ? COLOURS : PLAIN),
    width: widthOf(stdout),
  };
  const kind = displayKind(
    options,
    { stdout: stdout.isTTY, stderr: stderr.isTTY },
    env,
  );
  const dimmed = (text: string): string => safeForTerminal(style.dim(text));
  const display: Display = {
    live: () => new LiveLine(stderr, clock, dimmed),
    lines: () => new PlainLines(stderr, clock),
    none: () => NO_DISPLAY,
  }[kind]();
  const timetable = new Timetable(clock, display, () => undefined);
  let isFailed = false;
  const complain = (word: string, coloured: string, text: string): void =>
    display.around(() =>
      console.error(
        safeForTerminal(
          coloured +
            wrapForTerminal(`${word} ${visible(text)}`).slice(word.length),
        ),
      ),
    );
  const say = (line = ""): void => {
    if (!json) display.around(() => console.log(safeForTerminal(line)));
  };
  return {
    say,
    note: (line) => {
      if (!quiet) say(line);
    },
    warn: (text) => complain("Warning:", style.yellow("Warning:"), text),
    fail: (text) => {
      isFailed = true;
      complain("Error:", style.red(style.bold("Error:")), text);
    },
    event: () => undefined,
    document: (text) => {
      if (json) display.around(() => console.log(text()));
    },
    canAsk: stdin.isTTY && stdout.isTTY,
    during: timetable.during,
    doing: timetable.doing,
    end: (exitCode) => {
      const { total, phases } = timetable;
      const isShown = phases.size > 0 && exitCode !== 130;
      if (isShown && (!json || kind !== "none"))
        console.error(
          dimmed(wrapForTerminal(totalLine(isFailed, total, phases))),
        );
    },
    style,
  };
}

/** The columns that COLUMNS says, or else those of the terminal. A pseudo-terminal may have none. */
const widthOf = ({ columns }: NodeJS.WriteStream): number =>
  Math.max(Number(process.env.COLUMNS) || columns || Infinity, NARROWEST);

const NARROWEST = 40;

/** Wraps prose to the width of the terminal. In a log file everything stays as it is. */
const wrapForTerminal = (text: string): string =>
  process.stderr.isTTY
    ? wrapProse(text, Math.min(widthOf(process.stderr), 100))
    : text;
