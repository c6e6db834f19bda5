import { setImmediate as turn } from "node:timers/promises";
import { type Clock, SYSTEM_CLOCK } from "../../../lib/base/clock";

/** Milliseconds from which a pause is a time limit, which is not to end anything here. */
const LIMIT = 30_000;

/** A clock on which waiting takes no time. */
export function quickClock(): Clock {
  let ahead = 0;
  return {
    now: () => SYSTEM_CLOCK.now() + ahead,
    pause: async (milliseconds, signal) => {
      if (milliseconds >= LIMIT)
        return SYSTEM_CLOCK.pause(milliseconds, signal);
      ahead += milliseconds;
      await turn();
    },
  };
}
