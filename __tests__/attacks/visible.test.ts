import { PLAIN } from "../../lib/cli/output";
import { AgentError, lines } from "../../lib/base/errors";
import {
  unexpectedServerAnswer,
  requestRefused,
} from "../../lib/agent/cluster/errors";
import { lostConnection } from "../../lib/agent/hosts/errors";
import {
  preflightError,
  preflightWarnings,
} from "../../lib/agent/preflight/errors";
import { notReady, rolloutEnded } from "../../lib/agent/rollout/errors";
import {
  printable,
  visible,
  visibleJson,
  visibleLine,
} from "../../lib/base/visible";
import { safeForTerminal } from "../../lib/cli/output";
import { standardOutput } from "../../lib/cli/standard-output";
import { checkLines } from "../../lib/cli/report/check-table";
import { inspectionText } from "../../lib/cli/report/inspect-table";
import { printable as inLines } from "../../lib/base/visible";

/** Characters that control a terminal, are invisible, or begin another line. */
const DANGEROUS = /[^\P{C}\n\t]|[\u2028\u2029]/u;

const NASTY: readonly (readonly [string, string, string])[] = [
  [
    "an escape sequence",
    "v1\u001b[2J\u001b[31mError",
    "v1\\x1b[2J\\x1b[31mError",
  ],
  ["a C1 control", "\u009b2J", "\\x9b2J"],
  ["a bell, a NUL and a backspace", "\u0007\u0000\b", "\\x07\\x00\\x08"],
  ["a carriage return", "good\rbad", "good\\x0dbad"],
  ["a delete", "a\u007f", "a\\x7f"],
  ["a text with reversed direction", "\u202egnp.exe", "\\u202egnp.exe"],
  ["an isolate of direction", "\u2066a\u2069", "\\u2066a\\u2069"],
  ["line separators", "a\u2028b\u2029c", "a\\u2028b\\u2029c"],
  ["characters without width", "a\u200bb\ufeff\u00ad", "a\\u200bb\\ufeff\\xad"],
  ["an invisible tag character", "\u{e0041}", "\\u{e0041}"],
  ["an unpaired surrogate", "\ud800", "\\ud800"],
];

test.each(NASTY)("%s is escaped", (_, given, expected) => {
  expect(visible(given)).toBe(expected);
  expect(visibleLine(given)).toBe(expected);
  expect(safeForTerminal(given)).toBe(expected);
});

test.each(["ä ü ß 漢字 🙂 é", "a\tb", "first\nsecond", "C:\\path\\n"])(
  "%j is not changed",
  (text) => expect(visible(text)).toBe(text),
);

test("a line break in a value begins no line of an error", () => {
  const said = "no\nError: all is lost\r\nRun: rm -rf /";
  const errors = [
    lines(`a: ${said}`, "next step"),
    lostConnection({ node: "cp-1", host: said }, said),
    unexpectedServerAnswer("etcd of cp-1", "GET /", said),
    requestRefused("etcd of cp-1", "GET /", { status: 500, said }),
    preflightError([
      { node: "cp-1", severity: "error", problem: said, remedy: "do this" },
    ]),
    rolloutEnded([notReady("cp-1", said)], []),
  ];
  for (const { message } of errors) {
    expect(message).not.toMatch(/^\s*(- )?(Error|Run):/m);
    expect(message).toContain("\\nError: all is lost");
    expect(message).not.toMatch(DANGEROUS);
  }
});

test("no error message contains control characters, however it was made", () => {
  for (const [, given] of NASTY)
    expect(new AgentError(`x ${given}\ny`).message).not.toMatch(DANGEROUS);
});

test("a very long line of an error is cut", () => {
  const { message } = lines("a".repeat(1e6), "next step");
  expect(message.length).toBeLessThan(5_000);
  expect(message).toMatch(/… \(\d+ more characters\)\nnext step$/);
});

test("a warning of the preflight is one line", () => {
  const [warning] = preflightWarnings([
    {
      node: "cp-1",
      severity: "warning",
      problem: "its name is \u001b[2J\nError: x",
      remedy: "look",
    },
  ]);
  expect(warning).toBe("cp-1: warning: its name is \\x1b[2J\\nError: x. look");
});

test("JSON keeps its meaning, without control characters", () => {
  const value = NASTY.map(([name, given]) => ({ [given]: name, given }));
  for (const indent of [undefined, 2]) {
    const json = visibleJson(value, indent);
    expect(json).not.toMatch(DANGEROUS);
    expect(JSON.parse(json)).toEqual(value);
  }
});

test("all texts of a value are made printable, including keys, and no prototype is changed", () => {
  const given: unknown = JSON.parse(
    '{"a\\n":["\\u001b",1,null,{"__proto__":{"polluted":"\\u0007"}}]}',
  );
  const made = printable(given) as { "a\\n": unknown[] };
  expect(JSON.stringify(made)).toBe(
    '{"a\\\\n":["\\\\x1b",1,null,{"__proto__":{"polluted":"\\\\x07"}}]}',
  );
  expect(({} as { polluted?: string }).polluted).toBeUndefined();
});

describe("the output of the command", () => {
  const written: string[] = [];
  const isTTY = process.stdout.isTTY;
  beforeEach(() => {
    written.length = 0;
    for (const name of ["log", "error"] as const)
      jest.spyOn(console, name).mockImplementation((...texts: unknown[]) => {
        written.push(texts.join(" "));
      });
    process.stdout.isTTY = true;
    delete process.env.NO_COLOR;
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.stdout.isTTY = isTTY;
  });

  test("has our own colours, and shows foreign colour codes as text", () => {
    const output = standardOutput();
    output.say(output.style.bold("prod\u001b[2J"));
    output.warn("it says \u001b[31mError:\u001b[39m");
    output.fail("it says \u0007");
    expect(written).toEqual([
      "\u001b[1mprod\\x1b[2J\u001b[22m",
      "\u001b[33mWarning:\u001b[39m it says \\x1b[31mError:\\x1b[39m",
      "\u001b[31m\u001b[1mError:\u001b[22m\u001b[39m it says \\x07",
    ]);
  });

  test("cannot be coloured by copying our codes", () => {
    const output = standardOutput();
    const ours = output.style.bold("x");
    output.say(ours.replace(/[0-9a-f]{16}/, "0".repeat(16)));
    expect(written[0]).toMatch(/^\\x1b0{16}1mx/);
  });
});

test("the table of a check has one line for each entry, whatever its name is", () => {
  const nothing = { missing: [], unlisted: [], unhealthy: [], outdated: [] };
  const lines = checkLines(
    {
      store: "clusters/x\n\u001b[2J",
      nodes: [{ node: "cp\n-1", changed: ["/etc/a\nError: b"], ...nothing }],
      retired: ["cp\n-2"],
    },
    new Date(0),
    PLAIN,
  );
  expect(lines.join("\n")).not.toMatch(/^Error/m);
  expect(lines.filter((line) => line.includes("\n"))).toEqual([]);
  expect(lines[0]).toBe("clusters/x\\n\\x1b[2J");
});

test("a certificate cannot add lines to the table of certificates", () => {
  const certificate = {
    purpose: "web\nError: x",
    state: "broken",
    reason: "it is \u001b]0;title\u0007",
    subject: "CN=a\nb",
    issuer: "\u202eCA",
    names: ["a\nb"],
    usages: [],
    key: "ECDSA",
    authority: false,
    notBefore: "2026-01-01",
    notAfter: "2027-01-01",
    renewedBy: "apply",
    files: ["pki/a\nb.crt"],
    serialNumber: "1",
    fingerprint256: "1",
  } as const;
  const store = {
    store: "clusters/a",
    certificates: [certificate],
    tokens: [],
    problems: [{ file: "a\nError: b", reason: "\u0000" }],
    waiting: [],
  };
  const table = inspectionText(inLines([store]), new Date(0), PLAIN);
  expect(table).not.toMatch(/^Error/m);
  expect(table).not.toMatch(DANGEROUS);
});
