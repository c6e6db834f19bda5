import { PassThrough } from "node:stream";
import { SYSTEM_CLOCK } from "../../lib/base/clock";
import { Children } from "../../lib/cli/plan/children";
import { eachLine } from "../../lib/cli/lines";
import { Progress } from "../../lib/cli/plan/progress";
import { NO_CONTENTS } from "../cli/support/applied";
import { RecordedOutput } from "../cli/support/recorded-output";
import { LIMITS, Tail } from "../../lib/base/limits";

const told = (): { progress: Progress; said: string[] } => {
  const output = new RecordedOutput();
  const progress = new Progress({
    stack: "stack",
    clock: SYSTEM_CLOCK,
    contents: NO_CONTENTS,
    state: { resources: new Map(), kinds: new Map() },
    output,
  });
  return { progress, said: output.said };
};

const STRANGE = [
  "null",
  "[]",
  "5",
  "{}",
  '{"type":5}',
  '{"hook":{}}',
  '{"hook":{"resource":null}}',
  '{"type":"planned_change","change":{}}',
  '{"type":"planned_change","change":{"resource":{"addr":{}},"action":1}}',
  '{"type":"outputs","outputs":[1]}',
  '{"type":"diagnostic","diagnostic":{"summary":[]}}',
  '{"__proto__":{"type":"outputs"}}',
  "[".repeat(100_000),
  '{"a":'.repeat(100_000),
  "panic: runtime error\u001b[2J",
];

test.each(STRANGE.map((line) => [line.slice(0, 40), line]))(
  "an unexpected message of Terraform is ignored: %s",
  (_, line) => {
    const { progress, said } = told();
    progress.line(line);
    expect(said).toEqual([]);
    expect(progress.diagnostics.errors).toEqual([]);
  },
);

test("the output of a user's provisioner is printed as one line of text", () => {
  const { progress, said } = told();
  progress.line(
    JSON.stringify({
      type: "provision_progress",
      hook: {
        resource: { addr: "null_resource.a" },
        output:
          "\u001b[2J\u001b[31mError: all is lost\u001b[0m\nError: again\u202e",
      },
    }),
  );
  expect(said).toEqual([
    "  null_resource.a: \\x1b[2J\\x1b[31mError: all is lost\\x1b[0m\\nError: again\\u202e",
  ]);
});

test("of output that is not a message, only the end is kept", () => {
  const { progress } = told();
  const line = "x".repeat(1_000);
  for (let count = 0; count < 5_000; count++) progress.line(line);
  progress.line("the reason");
  const noise = progress.noise.toString();
  expect(noise.length).toBeLessThanOrEqual(LIMITS.programOutput);
  expect(noise.endsWith("the reason\n")).toBe(true);
});

async function linesOf(
  chunks: readonly (string | Buffer)[],
  limit?: number,
): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, (line) => lines.push(line), limit);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.on("close", resolve));
  return lines;
}

test("lines are complete, however they are divided into chunks", async () => {
  const umlaut = Buffer.from("ü");
  expect(
    await linesOf([
      "a\nb",
      "c\r\n\n",
      umlaut.subarray(0, 1),
      umlaut.subarray(1),
      "\u2028d",
    ]),
  ).toEqual(["a", "bc", "", "ü\u2028d"]);
});

test("a line that is too long is cut, and the next line follows", async () =>
  expect(await linesOf(["abc", "defgh", "i\nnext\n"], 5)).toEqual([
    "abcde",
    "next",
  ]));

test("the end of a text is kept, in whatever pieces it arrives", () => {
  const tail = new Tail(10);
  expect([`${tail}`, tail.isCut]).toEqual(["", false]);
  for (const digit of "0123456789".repeat(7)) tail.add(digit);
  expect([`${tail}`, tail.isCut]).toEqual(["0123456789", true]);
  tail.add("abc");
  expect(`${tail}`).toBe("3456789abc");
  tail.clear();
  expect(`${tail}`).toBe("");
});

test("of a program that prints 50 MB, the end is kept, and marked as cut", async () => {
  const children = new Children(() => undefined, SYSTEM_CLOCK);
  const { output, isCut, exitCode } = await children.run({
    command: "head -c 50000000 /dev/zero | tr '\\0' a; echo end >&2",
    directory: ".",
    environment: process.env,
  });
  children.end();
  expect([exitCode, isCut]).toEqual([0, true]);
  expect(output.length).toBeLessThanOrEqual(LIMITS.programOutput);
});
