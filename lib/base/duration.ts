import { invalidDuration } from "./errors";

const MILLISECONDS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/** Milliseconds of a duration as Go writes it: `8760h0m0s`. */
export function milliseconds(duration: string): number {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(duration))
    throw invalidDuration(duration);
  return [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * MILLISECONDS[unit],
    0,
  );
}

/** RFC 3339 in whole seconds, as certificates count and Terraform's functions read. */
export function rfc3339(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}
