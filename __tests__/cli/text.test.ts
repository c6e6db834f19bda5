import { execFileSync } from "node:child_process";
import { distance } from "../../lib/base/duration";
import { quoted, wrap, wrapProse } from "../../lib/cli/text";

test.each([
  "clusters/test",
  "my clusters/test",
  "it's; echo $(id) `id`/ü",
  "~/clusters",
  "$HOME/*",
  "",
])("a shell reads the quoted %j as one unchanged word", (path) =>
  expect(
    execFileSync("sh", ["-c", `printf '<%s>' ${quoted(path)}`], {
      encoding: "utf8",
    }),
  ).toBe(`<${path}>`),
);

test("a path that needs no quotes gets none", () =>
  expect(quoted("clusters/test-1.eu")).toBe("clusters/test-1.eu"));

describe("a text that is wrapped", () => {
  test.each<[string, string, number, string[]]>([
    ["stays if it fits", "a b c", 5, ["a b c"]],
    ["breaks between words", "one two three", 8, ["one two", "three"]],
    [
      "never breaks between a number and its unit",
      "from now in 243 d on",
      15,
      ["from now in", "243 d on"],
    ],
    [
      "never breaks before the unit of a size or a share",
      "16 MiB of 2 GiB are 1 %",
      10,
      ["16 MiB of", "2 GiB are", "1 %"],
    ],
    ["keeps its indent", "  one two", 6, ["  one", "  two"]],
    [
      "breaks a long word behind a punctuation mark",
      "at https://api.example.org:6443/livez",
      20,
      ["at", "https://api.example.", "org:6443/livez"],
    ],
    [
      "breaks a long word without one anywhere",
      "abcdefghij",
      4,
      ["abcd", "efgh", "ij"],
    ],
    ["is one line in a file", "one  two", Infinity, ["one  two"]],
  ])("%s", (_, text, width, lines) => expect(wrap(text, width)).toEqual(lines));

  test("has more blanks before its further lines if asked", () =>
    expect(wrap(" one two", 5, 1)).toEqual([" one", "  two"]));
});

test("prose and the items of its lists are wrapped, and nothing else that is indented", () =>
  expect(
    wrapProse(
      "two problems prevent it:\n- cp-1: it cannot be reached\n  check that it runs\n\n  a command --that --stays\n    at a.ts:1:2 of a trace",
      20,
    ).split("\n"),
  ).toEqual([
    "two problems prevent",
    "it:",
    "- cp-1: it cannot be",
    "  reached",
    "  check that it runs",
    "",
    "  a command --that --stays",
    "    at a.ts:1:2 of a trace",
  ]));

test.each([
  [0, "in 0 s"],
  [59, "in 59 s"],
  [119, "in 119 s"],
  [120, "in 2 min"],
  [3600, "in 60 min"],
  [2 * 3600, "in 2 h"],
  [47.9 * 3600, "in 47 h"],
  [2 * 86_400, "in 2 d"],
  [365 * 86_400 - 1, "in 364 d"],
  [3650 * 86_400 - 1, "in 9 y"],
  [-1, "1 s ago"],
  [-3 * 86_400, "3 d ago"],
])("a time that is %s s away is %s", (seconds, words) => {
  const now = new Date("2026-06-01T12:00:00Z");
  expect(distance(new Date(now.getTime() + seconds * 1000), now)).toBe(words);
});
