import { setTimeout as pause } from "node:timers/promises";

/** The clock of all code that waits or measures. Tests pass their own, to control the time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves when the time is over, and rejects if the signal is aborted first. */
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
