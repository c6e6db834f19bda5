import { frozen } from "./frozen";

/** Durations as Go reads and prints them. @see https://pkg.go.dev/time#ParseDuration */

const SECONDS = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ns: 1e-9,
};

/** Go counts the nanoseconds of a duration in 64 bits. */
export const LONGEST_HOURS = 2_562_047;

export const GO_DURATION = frozen(
  /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:h|ms|m|s|us|µs|μs|ns))+)$/,
);

export function isGoDuration(text: string): boolean {
  return GO_DURATION.test(text);
}

/** The seconds of a duration for which `isGoDuration` holds. */
export function goDurationSeconds(text: string): number {
  const parts = text.matchAll(/([\d.]+)(h|ms|m|s|us|µs|μs|ns)/g);
  const total = [...parts].reduce(
    (sum, [, amount, unit]) =>
      sum + Number(amount) * SECONDS[unit as keyof typeof SECONDS],
    0,
  );
  return text.startsWith("-") ? -total : total;
}

/** A duration as Go prints it: `24h0m0s` for `24h`. A text with fractions of a second is returned unchanged. */
export function printedGoDuration(text: string): string {
  const seconds = goDurationSeconds(text);
  if (!Number.isInteger(seconds)) return text;
  const length = Math.abs(seconds);
  const [h, m, s] = parts(length);
  return `${seconds < 0 ? "-" : ""}${h ? `${h}h` : ""}${length >= 60 ? `${m}m` : ""}${s}s`;
}

/** A number of hours as Go prints a duration: `8760h0m0s`. */
export function goDuration(hours: number): string {
  const seconds = Math.round(hours * 3600);
  const [h, m, s] = parts(seconds);
  return `${h}h${m}m${s}s`;
}

/** The hours of a text such as `8760h0m0s`, with whole hours, minutes and seconds; `undefined` for any other text. */
export function hoursOfGoDuration(text: string): number | undefined {
  const match = /^(?=.)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (!match) return undefined;
  const [hours, minutes, seconds] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return hours + minutes / 60 + seconds / 3600;
}

const parts = (seconds: number): [h: number, m: number, s: number] => [
  Math.floor(seconds / 3600),
  Math.floor((seconds % 3600) / 60),
  seconds % 60,
];
