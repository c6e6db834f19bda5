import { setTimeout as pause } from "node:timers/promises";

/** Time, as it is given to whoever waits or measures: a test may hold it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Until the time is over; rejects where a signal comes first. */
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The only place that reads the time. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  pause: (milliseconds, signal) => pause(milliseconds, undefined, { signal }),
};

/** `12.3 s` */
export const elapsed = (clock: Clock, since: number): string =>
  `${((clock.now() - since) / 1000).toFixed(1)} s`;
