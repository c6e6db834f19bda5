import type { Clock } from "../base/clock";
import { visibleJson } from "../base/visible";
import { NO_DISPLAY } from "./display";
import { EVENT_FORMAT, type EventFields, type EventType } from "./event-rows";
import { type CommandOutput, PLAIN } from "./output";
import { Timetable } from "./timetable";

/** Prints what happens as events, one JSON object in each line, and nothing else. */
export function eventOutput(
  about: { readonly version: string; readonly command: string },
  clock: Clock,
  print: (line: string) => void,
): CommandOutput {
  const resources: Record<string, number> = {
    create: 0,
    update: 0,
    delete: 0,
    failed: 0,
  };
  const counts = { warning: 0, error: 0 };
  const event = <Type extends EventType>(
    type: Type,
    fields: EventFields<Type>,
  ): void => {
    const time = new Date(clock.now()).toISOString();
    print(visibleJson({ type, time, ...fields }));
  };
  const complain = (type: "warning" | "error", message: string): void => {
    counts[type]++;
    event(type, { message });
  };
  const timetable = new Timetable(clock, NO_DISPLAY, event);
  event("started", { format: EVENT_FORMAT, ...about });
  return {
    say: () => undefined,
    note: () => undefined,
    document: () => undefined,
    warn: (text) => complain("warning", text),
    fail: (text) => complain("error", text),
    event: (type, fields) => {
      if (type === "resourceEnded") {
        const { action, succeeded } = fields as EventFields<"resourceEnded">;
        const done = succeeded ? String(action) : "failed";
        resources[done] = (resources[done] ?? 0) + 1;
      }
      event(type, fields);
    },
    canAsk: false,
    during: timetable.during,
    doing: timetable.doing,
    end: (exitCode) =>
      event("summary", {
        exitCode,
        milliseconds: timetable.total,
        phases: Object.fromEntries(timetable.phases),
        resources,
        warnings: counts.warning,
        errors: counts.error,
      }),
    style: PLAIN,
  };
}
