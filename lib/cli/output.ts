import { randomBytes } from "node:crypto";
import { visible } from "../base/visible";
import type { EventFields, EventType } from "./event-rows";
import type { Doing, Phase } from "./phases";

/** Where a command prints: for people, or for programs with `--json`. */
export interface Output {
  /** Prints a line of the result, for people. */
  say(line?: string): void;
  /** Prints a line about what happens on the way, for people; `--quiet` leaves it out. */
  note(line?: string): void;
  warn(text: string): void;
  fail(text: string): void;
  /** Prints an event, for programs that read events. */
  event<Type extends EventType>(type: Type, fields: EventFields<Type>): void;
  /** Prints the whole result as JSON, for programs that read one document. */
  document(json: () => string): void;
  /** Whether there is somebody who can answer a question. */
  readonly canAsk: boolean;
  /**
   * Does the work of a phase, and shows meanwhile that it goes on.
   *
   * @param succeeded tells from the result whether the work succeeded
   */
  during<T>(
    phase: Phase,
    work: () => Promise<T>,
    succeeded?: (result: T) => boolean,
  ): Promise<T>;
  /** Shows what the phase that goes on is doing at the moment. */
  doing(doing: Doing): void;
  readonly style: Style;
}

/** The output of a whole command. */
export interface CommandOutput extends Output {
  /** Prints what is known at the end. */
  end(exitCode: number): void;
}

/** How lines look: their colours, and how long they may be. */
export interface Style {
  /** Characters in a line. Infinite for anything but a terminal, so that each row is one line for other programs. */
  readonly width: number;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

/** Marks our own colour codes until they are printed. It is random, so nobody else can write a valid code. */
const OURS = randomBytes(8).toString("hex");
const OWN_CODE = new RegExp(`\u001b${OURS}(\\d+)m`);

/**
 * Makes a text safe for a terminal. Every printed text passes through here, because hosts, clusters and files may have
 * put control characters into it: all of them are escaped, except our own colour codes.
 */
export const safeForTerminal = (text: string): string =>
  text
    .split(OWN_CODE)
    .map((part, at) => (at % 2 === 0 ? visible(part) : `\u001b[${part}m`))
    .join("");

const code =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b${OURS}${open}m${text}\u001b${OURS}${close}m`;

export const COLOURS: Omit<Style, "width"> = {
  bold: code(1, 22),
  dim: code(2, 22),
  red: code(31, 39),
  green: code(32, 39),
  yellow: code(33, 39),
};

/** Without colours, for anything that is not a terminal. */
export const PLAIN: Style = {
  width: Infinity,
  bold: (text) => text,
  dim: (text) => text,
  red: (text) => text,
  green: (text) => text,
  yellow: (text) => text,
};

/** Colours the mark of a change as Terraform does: `+`, `~`, `-` or `-/+`. */
export const changeMark = (mark: string, style: Style): string =>
  mark
    .replace("~", style.yellow)
    .replace("+", style.green)
    .replace("-", style.red);

/** `1 file`, `2 files` */
export const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? "" : "s"}`;
