import { goDurationSeconds, isGoDuration } from "../catalog/go-duration";
import { invalidDuration } from "./errors";

/** The milliseconds of a duration in Go's notation: `8760h0m0s`. */
export function milliseconds(duration: string): number {
  const seconds = isGoDuration(duration) ? goDurationSeconds(duration) : -1;
  if (seconds < 0) throw invalidDuration(duration);
  return Math.round(seconds * 1000);
}

/** RFC 3339 in whole seconds: certificates have no fractions, and Terraform's functions read this form. */
export function rfc3339(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/** The units of a remaining time, each with its seconds. A unit is used if there are at least two of it. */
const UNITS = [
  ["y", 365 * 86_400],
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
] as const;

/** How far a time is away, rounded down: `in 364 d`, `in 9 y`, `3 h ago`. */
export function distance(time: Date | string, now: Date): string {
  const seconds = (new Date(time).getTime() - now.getTime()) / 1000;
  const length = Math.abs(seconds);
  const [unit, size] = UNITS.find(([, each]) => length >= 2 * each) ?? ["s", 1];
  const text = `${Math.floor(length / size)} ${unit}`;
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}
