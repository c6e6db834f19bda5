import { spawn, type ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemProcesses } from "../../lib/base/processes";
import { authority, certificate, text } from "./support/artefacts";
import { AGENT, batchRequest, outcomeOf, Workplace } from "./support/workplace";

const PRELOAD = join(__dirname, "support/break-at.js");

test("a process is distinguished from a later one with the same number", () => {
  const { self, isAlive, machine } = systemProcesses();
  expect(isAlive(self)).toBe(true);
  expect(isAlive({ ...self, start: "0" })).toBe(false);
  expect(machine.host).not.toBe("");
});

/** Stands in for Terraform: starts agents and waits for them. */
const TERRAFORM = join(
  mkdtempSync(join(tmpdir(), "terraform-")),
  "terraform.js",
);
beforeAll(() =>
  writeFileSync(
    TERRAFORM,
    `const { spawn } = require("node:child_process");
     const { runs, keep } = JSON.parse(process.argv[2]);
     for (const { args, env } of runs) spawn("/bin/sh", ["-c", args.map((a) => "'" + a + "'").join(" ")], { env, stdio: "inherit" });
     if (keep) setTimeout(() => undefined, keep);`,
  ),
);

interface Run {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}
/** A marker that an agent makes when it begins to wait for a file, while it holds the store. */
const reached = (until: string): string => `${until}.reached`;

/** Runs an agent. With `until`, it pauses at its first file until that file exists. */
const agentRun = (place: Workplace, batch: string, until?: string): Run => ({
  args: [process.execPath, ...(until ? ["--require", PRELOAD] : []), AGENT],
  env: {
    ...place.environment(batchRequest(batch), [
      text(`objects/${batch}`, batch),
    ]),
    ...(until && {
      BREAK: "slow",
      BREAK_AT: "open",
      BREAK_REACHED: reached(until),
      BREAK_UNTIL: until,
    }),
  },
});
const terraform = (
  place: Workplace,
  runs: readonly Run[],
  keep = 0,
): ChildProcess =>
  spawn(process.execPath, [TERRAFORM, JSON.stringify({ runs, keep })], {
    cwd: place.stackFolder,
  });

/** Makes a file as soon as the agent prints that it waits. */
function marking(child: ChildProcess, file: string): ChildProcess {
  child.stdout?.on("data", (data: Buffer) => {
    if (data.toString().includes("waiting for")) writeFileSync(file, "");
  });
  return child;
}

test("two applies at the same time run one after the other, and both do their work", async () => {
  const place = new Workplace();
  const waits = join(place.root, "waits");
  const outcomes = await Promise.all(
    [
      [agentRun(place, "a", waits), agentRun(place, "b")],
      [agentRun(place, "c", waits), agentRun(place, "d")],
    ].map((runs) => outcomeOf(marking(terraform(place, runs), waits))),
  );
  rmSync(waits);
  expect(outcomes.map(({ stderr }) => stderr)).toEqual(["", ""]);
  expect(place.files()).toEqual([
    "objects/a",
    "objects/b",
    "objects/c",
    "objects/d",
  ]);
  expect(outcomes.map(({ stdout }) => stdout).join("")).toMatch(
    /clusters\/demo: waiting for a run of Terraform \(process \d+ on /,
  );
});

test("an agent whose Terraform is killed keeps working, and the next run waits for it", async () => {
  const place = new Workplace();
  const waits = join(place.root, "waits");
  const first = terraform(place, [agentRun(place, "a", waits)], 60_000);
  const ended = outcomeOf(first);
  while (!existsSync(reached(waits)))
    await new Promise((resolve) => setTimeout(resolve, 10));
  first.kill("SIGKILL");
  const second = await outcomeOf(
    marking(terraform(place, [agentRun(place, "b")]), waits),
  );
  rmSync(waits);
  expect(second.stdout).toMatch(
    /waiting for a run of Terraform .*\n.*b: 1 file made/s,
  );
  expect((await ended).stdout).toContain("a: 1 file made");
  expect(place.files()).toEqual(["objects/a", "objects/b"]);
});

test("batches of one run work at the same time", async () => {
  const place = new Workplace();
  await place.run(batchRequest("ca"), [authority()]);
  const names = ["a", "b", "c", "d"];
  const outcomes = await Promise.all(
    names.map((name) =>
      place.run(batchRequest(name), [
        certificate({}, { files: `${name}.crt 0644\n${name}.key 0600` }),
      ]),
    ),
  );
  expect(outcomes.map(({ stdout }) => stdout)).toEqual(
    names.map((name) => `${name}: 2 files made\n`),
  );
  expect(readdirSync(place.path(".lock"))).toEqual(["1"]);
});

test("fails if the store belongs to another stack", async () => {
  const place = new Workplace();
  await place.run(batchRequest("a"), [text("a", "a")]);
  const { status, stderr } = await place.run(
    { ...batchRequest("a"), stack: "other" },
    [text("a", "b")],
  );
  expect(status).toBe(1);
  expect(stderr).toContain(
    "clusters/demo belongs to the stack demo, not to other.",
  );
  expect(place.read("a")).toBe("a");
  expect(
    JSON.parse(readFileSync(place.path("inventory.json"), "utf8")),
  ).toEqual({ stack: "demo" });
});
