import { duration, phaseWords, totalLine } from "../../lib/cli/phases";
import { displayKind } from "../../lib/cli/standard-output";
import { fitting } from "../../lib/cli/text";

test.each([
  [0, "0 s"],
  [49, "0 s"],
  [7_350, "7.4 s"],
  [9_940, "9.9 s"],
  [9_960, "10 s"],
  [59_400, "59 s"],
  [59_600, "1 min"],
  [72_000, "1 min 12 s"],
  [3_599_600, "1 h"],
  [3_720_000, "1 h 2 min"],
])("%i ms are %s", (milliseconds, words) =>
  expect(duration(milliseconds)).toBe(words),
);

test.each([
  [{ phase: "synthesis" }, "Running the app"],
  [{ phase: "plan", stack: "prod" }, "prod: planning"],
  [
    { phase: "check", store: "clusters/prod" },
    "clusters/prod: comparing the hosts",
  ],
] as const)("the phase %j is told as %s", (phase, words) =>
  expect(phaseWords(phase)).toBe(words),
);

test("the total time has the phases that took a second or more", () => {
  const phases = new Map([
    ["find", 200],
    ["synthesis", 3_100],
    ["apply", 63_000],
  ] as const);
  expect(totalLine(false, 67_000, phases)).toBe(
    "Done in 1 min 7 s: synthesis 3.1 s, apply 1 min 3 s",
  );
  expect(totalLine(true, 1_200, new Map([["plan", 1_100]]))).toBe(
    "Failed after 1.2 s",
  );
});

const BOTH = { stdout: true, stderr: true };
const STDERR = { stdout: false, stderr: true };
const NEITHER = { stdout: false, stderr: false };
const PEOPLE = { quiet: false, json: false };
const JSON_ONLY = { quiet: false, json: true };

test.each([
  ["a terminal", PEOPLE, BOTH, {}, "live"],
  ["a terminal without colours", PEOPLE, BOTH, { NO_COLOR: "1" }, "live"],
  ["a terminal that cannot rewrite", PEOPLE, BOTH, { TERM: "dumb" }, "lines"],
  ["the terminal of a CI", PEOPLE, BOTH, { CI: "true" }, "lines"],
  ["a pager or a file", PEOPLE, STDERR, {}, "lines"],
  ["a log", PEOPLE, NEITHER, {}, "lines"],
  ["JSON in a terminal", JSON_ONLY, BOTH, {}, "live"],
  ["JSON for jq", JSON_ONLY, STDERR, {}, "lines"],
  ["JSON for a program", JSON_ONLY, NEITHER, {}, "none"],
  ["--quiet", { quiet: true, json: false }, BOTH, {}, "none"],
])(
  "%s shows what goes on as it can",
  (_, options, terminals, environment, kind) =>
    expect(displayKind(options, terminals, environment)).toBe(kind),
);

test.each([
  ["abc", 3, "abc"],
  ["abcd", 3, "ab…"],
  ["日本", 4, "日本"],
  ["日本語", 5, "日本…"],
  ["日本語", 4, "日…"],
  ["🙂🙂", 3, "🙂…"],
  ["abc", 1, "…"],
])("of %s, %i columns show %s", (line, columns, shown) =>
  expect(fitting(line, columns)).toBe(shown),
);
