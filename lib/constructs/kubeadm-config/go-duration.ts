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

const PATTERN = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:h|ms|m|s|us|µs|μs|ns))+)$/;

/** @see https://pkg.go.dev/time#ParseDuration */
export function isGoDuration(text: string): boolean {
  return PATTERN.test(text);
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

/** As Go prints it: `24h0m0s` for `24h`. A fraction of a second stays as it is written. */
export function printedGoDuration(text: string): string {
  const seconds = goDurationSeconds(text);
  if (!Number.isInteger(seconds)) return text;
  const length = Math.abs(seconds);
  const [h, m, s] = [
    Math.floor(length / 3600),
    Math.floor((length % 3600) / 60),
    length % 60,
  ];
  return `${seconds < 0 ? "-" : ""}${h ? `${h}h` : ""}${length >= 60 ? `${m}m` : ""}${s}s`;
}
