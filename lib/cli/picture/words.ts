import type { NodeState } from "../model/nodes";
import { type State, type Validity, whenInWords } from "../model/validity";

/** The colour of a state: `fine`, `due` (something has to be done), `bad`, or `none` (it does not exist yet). */
export type Colour = "fine" | "due" | "bad" | "none";

export const COLOURS: Readonly<Record<State, Colour>> = {
  none: "none",
  fine: "fine",
  waiting: "due",
  due: "due",
  expired: "bad",
  broken: "bad",
};

/** What the colours mean, for the legend. */
export const LEGEND: readonly (readonly [Colour, string])[] = [
  ["fine", "valid"],
  ["due", "due, or to be signed"],
  ["bad", "expired or broken"],
  ["none", "not made yet"],
];

/** `364 days`, `due, 12 days`, `expired`; the colour is never the only sign. */
export function validityWords(
  { state, notAfter }: Validity,
  now: Date,
): string {
  const left = notAfter === undefined ? "" : leftInWords(notAfter, now);
  switch (state) {
    case "none":
      return "not made yet";
    case "waiting":
      return "to be signed";
    case "fine":
      return left || "does not expire";
    case "due":
      return `due, ${left}`;
    default:
      return state;
  }
}

/** `364 days` */
const leftInWords = (time: string, now: Date): string =>
  whenInWords(time, now).replace(/^in /, "");

export const NODE_STATES: Readonly<
  Record<NodeState, { readonly words: string; readonly colour: Colour }>
> = {
  planned: { words: "not deployed yet", colour: "none" },
  directory: { words: "you copy its files", colour: "none" },
  begun: { words: "not set up yet", colour: "due" },
  "set up": { words: "set up", colour: "fine" },
  differs: { words: "differs from its files", colour: "bad" },
  unreachable: { words: "cannot be reached", colour: "due" },
  leaving: { words: "leaves with the next deploy", colour: "due" },
  retired: { words: "retired: its machine can be deleted", colour: "due" },
};
