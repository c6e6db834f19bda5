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
