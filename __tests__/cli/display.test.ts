import { SYSTEM_CLOCK } from "../../lib/base/clock";
import { type Display, LiveLine, PlainLines } from "../../lib/cli/display";
import type { Doing, Phase } from "../../lib/cli/phases";
import { Timetable } from "../../lib/cli/timetable";
import { TerminalScreen } from "./support/screen";

const PLAN: Phase = { phase: "plan", stack: "prod" };
const APPLY: Phase = { phase: "apply", stack: "prod" };
const FILES: Doing = {
  count: "3 of 9",
  what: "cp-1, cp-2, cp-3 (12 of 108 files)",
};

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const seconds = (count: number) => jest.advanceTimersByTime(count * 1000);

/** Begins a phase of a command, and returns what ends it. */
function begin(timetable: Timetable, phase: Phase): () => Promise<void> {
  let resolve = (): void => undefined;
  const work = new Promise<void>((done) => (resolve = done));
  const ended = timetable.during(phase, () => work);
  return () => {
    resolve();
    return ended;
  };
}

const timetableOf = (display: Display) =>
  new Timetable(SYSTEM_CLOCK, display, () => undefined);

function liveOn(screen: TerminalScreen) {
  const display = new LiveLine(screen, SYSTEM_CLOCK, (text) => text);
  const say = (line: string) =>
    display.around(() => screen.write(`${line}\r\n`));
  return { say, timetable: timetableOf(display) };
}

describe("a live line", () => {
  test("is rewritten while a phase goes on, and leaves nothing", async () => {
    const screen = new TerminalScreen(72);
    const { say, timetable } = liveOn(screen);
    const endPlan = begin(timetable, PLAN);
    expect(screen.rows).toEqual(["prod: planning"]);
    seconds(4);
    expect(screen.rows).toEqual(["prod: planning, 4 s"]);
    await endPlan();
    say("prod: 126 files to make");
    const endApply = begin(timetable, APPLY);
    timetable.doing(FILES);
    seconds(1);
    say("  pki/ca: 2 files made");
    expect(screen.rows).toEqual([
      "prod: 126 files to make",
      "  pki/ca: 2 files made",
      "prod: applying 3 of 9, 1 s: cp-1, cp-2, cp-3 (12 of 108 files)",
    ]);
    await endApply();
    expect(screen.rows).toEqual([
      "prod: 126 files to make",
      "  pki/ca: 2 files made",
      "",
    ]);
    expect([screen.watchers, jest.getTimerCount()]).toEqual([0, 0]);
  });

  test("leaves nothing when a phase fails", async () => {
    const screen = new TerminalScreen(72);
    const { timetable } = liveOn(screen);
    const failed = timetable.during(PLAN, () => Promise.reject(new Error()));
    await expect(failed).rejects.toThrow();
    expect(screen.rows).toEqual([""]);
  });

  test.each([1, 2, 20, 40, 62])("is cut to one row of %i columns", (width) => {
    const screen = new TerminalScreen(width);
    const { timetable } = liveOn(screen);
    begin(timetable, APPLY);
    timetable.doing(FILES);
    seconds(72);
    expect(screen.rows).toHaveLength(1);
    const line = "prod: applying 3 of 9, 1 min 12 s: cp-1, cp-2, cp-3";
    const shown = line.slice(0, Math.max(0, width - 2)).trimEnd();
    expect(screen.rows[0].startsWith(shown)).toBe(true);
    expect(screen.rows[0].endsWith("…")).toBe(true);
  });

  test("is rewritten without rubbish when the terminal becomes narrower or wider", () => {
    const screen = new TerminalScreen(100);
    const { say, timetable } = liveOn(screen);
    begin(timetable, APPLY);
    timetable.doing(FILES);
    seconds(1);
    say("above");
    for (const columns of [30, 7, 90]) screen.resize(columns);
    expect(screen.rows).toEqual([
      "above",
      "prod: applying 3 of 9, 1 s: cp-1, cp-2, cp-3 (12 of 108 files)",
    ]);
  });

  test("is as it was after ^C was typed", () => {
    const screen = new TerminalScreen(24);
    const { say, timetable } = liveOn(screen);
    begin(timetable, APPLY);
    timetable.doing(FILES);
    seconds(1);
    screen.write("^C");
    say("Stopping");
    expect(screen.rows).toEqual(["Stopping", "prod: applying 3 of 9,…"]);
  });

  test("shows what it is told as text", () => {
    const screen = new TerminalScreen(100);
    const { timetable } = liveOn(screen);
    begin(timetable, APPLY);
    timetable.doing({ what: 'aws_x.a["\u001b[2J\n\u202e"]' });
    seconds(1);
    expect(screen.rows).toEqual([
      'prod: applying, 1 s: aws_x.a["\\x1b[2J\\n\\u202e"]',
    ]);
  });
});

describe("lines for a log", () => {
  test("tell when a phase begins, and after a silence what goes on, at growing intervals", async () => {
    const lines: string[] = [];
    const display = new PlainLines(
      { write: (text) => lines.push(text) },
      SYSTEM_CLOCK,
    );
    const timetable = timetableOf(display);
    const end = begin(timetable, APPLY);
    timetable.doing(FILES);
    seconds(14);
    display.around(() => lines.push("cp-1: 36 files made\n"));
    timetable.doing({ count: "4 of 9", what: "cp-2" });
    seconds(9 + 1 + 20 + 40 + 60 + 59);
    await end();
    const endPlan = begin(timetable, PLAN);
    seconds(10);
    await endPlan();
    seconds(1000);
    expect(lines.join("")).toBe(`prod: applying…
prod: applying 3 of 9, 10 s: cp-1, cp-2, cp-3 (12 of 108 files)…
cp-1: 36 files made
prod: applying 4 of 9, 24 s: cp-2…
prod: applying 4 of 9, 44 s: cp-2…
prod: applying 4 of 9, 1 min 24 s: cp-2…
prod: applying 4 of 9, 2 min 24 s: cp-2…
prod: planning…
prod: planning, 10 s…
`);
  });
});
