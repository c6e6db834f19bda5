import { thousands } from "../names";

/** The states of a certificate or token, from the best to the worst. `none`: it was not made yet. */
export const STATES = [
  "none",
  "fine",
  "waiting",
  "due",
  "expired",
  "broken",
] as const;

export type State = (typeof STATES)[number];

/** How long something is valid. All times are as in RFC 3339. */
export interface Validity {
  readonly state: State;
  /** Why its state is not `fine`. */
  readonly reason?: string;
  readonly notBefore?: string;
  /** Absent if it was not made yet, or never ends. */
  readonly notAfter?: string;
  /** From when an apply renews it. */
  readonly renewal?: string;
}

export const NOT_MADE: Validity = { state: "none" };

/** The worst of several validities; of equal ones, the one that ends first. `undefined` if there are none. */
export const worst = (all: readonly Validity[]): Validity | undefined =>
  [...all].sort(
    (a, b) =>
      STATES.indexOf(b.state) - STATES.indexOf(a.state) ||
      endOf(a).localeCompare(endOf(b)),
  )[0];

/** The end for sorting: what has no end comes last. */
export const endOf = ({ notAfter = "9999" }: Validity): string => notAfter;

const DAY = 86_400_000;

/** `in 364 days`, `2 days ago`, `today` */
export function whenInWords(time: string, now: Date): string {
  const days = Math.trunc((Date.parse(time) - now.getTime()) / DAY);
  if (days === 0) return "today";
  const count = Math.abs(days);
  const words = `${thousands(count)} ${count === 1 ? "day" : "days"}`;
  return days > 0 ? `in ${words}` : `${words} ago`;
}
