import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CLEAN_NODE,
  PART_LENGTH,
  requestIn,
  requestVariables,
  TOO_LONG,
} from "../../lib/request/environment";
import {
  environmentWith,
  type SynthesizedRequest,
} from "../../lib/terraform/request";
import { code } from "../../lib/terraform/expression";
import { TERRAFORM_NAME } from "../support/requirements";

const folder = mkdtempSync(join(tmpdir(), "request-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Text that cannot be compressed. */
const random = (bytes: number): string => randomBytes(bytes).toString("base64");

/** The request of a batch with these texts, by file. */
const batch = (
  texts: Readonly<Record<string, unknown>>,
): SynthesizedRequest => ({
  action: "batch",
  store: "s",
  stack: "t",
  title: "some",
  batch: "some",
  artefacts: Object.entries(texts).map(([file, spec]) => ({
    kind: "text",
    purpose: "a test",
    inputs: [],
    intact: "1",
    files: `${file} 0600`,
    spec: spec as string,
  })),
});

const LATER = random(1_200_000);

const REQUESTS: Readonly<Record<string, SynthesizedRequest>> = {
  short: { action: "signatures", store: "s", stack: "t" },
  characters: batch({
    "a/b": "\b\f\n\r\t\v\0\x7f\x1b \\b \\\\f \"quoted\" 'too' \u2028",
    "a/c": "${terraform.workspace} %{ if true } $${x} $$${x} %%{",
    "a/d": "ü 漢 👩‍👩‍👧‍👧 e\u0301".normalize("NFC"),
    "a/e": "",
  }),
  long: batch({ "a/b": random(150_000), "a/c": "x".repeat(3_000_000) }),
  grapheme: batch({ "a/b": "👩\u200d".repeat(50_000) }),
  tooLong: batch({ "a/b": "b", "a/c": code`var.later`, "a/d": random(30_000) }),
};

/** The environments as Terraform evaluates them. */
const environments = ((): Record<string, Record<string, string>> => {
  const output = Object.fromEntries(
    Object.entries(REQUESTS).map(([name, request]) => [
      name,
      { value: environmentWith(request).toString() },
    ]),
  );
  const variable = { later: { default: LATER } };
  const file = join(folder, "main.tf.json");
  writeFileSync(file, JSON.stringify({ output, variable }));
  const run = (...args: string[]) =>
    execFileSync(TERRAFORM_NAME, args, {
      cwd: folder,
      env: { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null" },
      maxBuffer: 1 << 26,
    }).toString();
  run("apply", "-auto-approve");
  const values = JSON.parse(run("output", "-json")) as Record<
    string,
    { value: Record<string, string> }
  >;
  return Object.fromEntries(
    Object.entries(values).map(([name, { value }]) => [name, value]),
  );
})();

test.each(["short", "characters", "long", "grapheme"])(
  "a request reaches the agent unchanged: %s",
  (name) => {
    expect(JSON.parse(requestIn(environments[name])!)).toEqual(REQUESTS[name]);
  },
);

test("no variable is longer than a part, however long a text is", () => {
  expect(Object.keys(environments.long)).toEqual([
    ...Object.keys(CLEAN_NODE),
    "REQUEST_0",
    "REQUEST_1",
    "REQUEST_2",
  ]);
  for (const environment of Object.values(environments))
    for (const value of Object.values(environment))
      expect(value.length).toBeLessThanOrEqual(PART_LENGTH);
});

test("the parts are the same as those of the command line", () => {
  for (const name of ["short", "long"])
    expect(Object.keys(requestVariables(REQUESTS[name]))).toEqual(
      Object.keys(environments[name]),
    );
});

test("if a request turns out too long at apply, the lengths of its long texts are sent", () => {
  expect(Object.keys(environments.tooLong)).toEqual([
    ...Object.keys(CLEAN_NODE),
    TOO_LONG,
  ]);
  expect(JSON.parse(environments.tooLong[TOO_LONG])).toEqual({
    "a/c": LATER.length,
    "a/d": 40_000,
  });
});
