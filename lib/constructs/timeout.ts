import type { Duration } from "./duration";
import { invalidTimeout } from "./errors";

/** Nobody waits longer than a day, and timers of some programs count no more than 24 days. */
const LONGEST = 24 * 3600;

/** A time to wait in whole seconds. Throws if it is longer than a day. */
export function timeoutSeconds(prop: string, timeout: Duration): number {
  const seconds = timeout.toSeconds();
  if (seconds > LONGEST) throw invalidTimeout(prop, String(timeout));
  return seconds;
}
