import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../lib/base/clock";
import { acquireLock, type LockOptions } from "../../lib/store/lock";
import {
  type Machine,
  type ProcessIdentity,
  type Processes,
} from "../../lib/base/processes";

const HERE: Machine = { host: "here", boot: "b1", namespace: "n1" };

/** A machine whose processes live and die as the test says. */
class FakeProcesses implements Processes {
  readonly self: ProcessIdentity;
  constructor(
    private readonly alive: Set<number>,
    pid: number,
    private readonly terraform: number,
    readonly machine: Machine = HERE,
  ) {
    this.self = { pid, start: "s" };
    alive.add(pid);
  }
  run = (): ProcessIdentity | undefined =>
    this.alive.has(this.terraform)
      ? { pid: this.terraform, start: "s" }
      : undefined;
  isAlive = ({ pid }: ProcessIdentity): boolean => this.alive.has(pid);
}

function setting() {
  const directory = mkdtempSync(join(tmpdir(), "lock-"));
  const alive = new Set([100, 200, 300]);
  const said: string[] = [];
  const options = (processes: Processes): LockOptions => ({
    processes,
    clock: SYSTEM_CLOCK,
    shown: "clusters/demo",
    say: (line) => said.push(line),
    patience: 400,
    patienceElsewhere: 200,
  });
  const acquire = (pid: number, terraform: number, machine?: Machine) =>
    acquireLock(
      directory,
      options(new FakeProcesses(alive, pid, terraform, machine)),
    );
  const files = (): string[] => readdirSync(join(directory, ".lock")).sort();
  return { directory, alive, said, acquire, files };
}

test("agents of one run share the store", async () => {
  const { acquire, files, said } = setting();
  const locks = await Promise.all([
    acquire(1, 100),
    acquire(2, 100),
    acquire(3, 100),
  ]);
  expect(files()).toEqual(["1", "1.1-s", "1.2-s", "1.3-s"]);
  expect(locks[0].isAlive("2-s")).toBe(true);
  for (const lock of locks) lock.release();
  expect(files()).toEqual(["1"]);
  expect(said).toEqual([]);
});

test("another run waits, says for which one, and gives up in the end", async () => {
  const { acquire, said } = setting();
  await acquire(1, 100);
  await expect(acquire(2, 200)).rejects.toThrow(
    /^clusters\/demo is in use by a run of Terraform \(process 100 on here, since .*\)\. This run waited for \d+ s\.\nApply again/,
  );
  expect(said).toEqual([
    expect.stringMatching(
      /^clusters\/demo: waiting for a run of Terraform \(process 100 on here/,
    ),
  ]);
});

test("another run waits for an agent that its killed Terraform left working", async () => {
  const { acquire, alive, files } = setting();
  await acquire(1, 100);
  alive.delete(100);
  await expect(acquire(2, 200)).rejects.toThrow(
    /is in use by a run of Terraform \(process 100/,
  );
  alive.delete(1);
  await acquire(3, 200);
  expect(files()).toEqual(["2", "2.3-s"]);
});

test("if many runs wait for a dead one, only one at a time holds the store", async () => {
  const { acquire, alive } = setting();
  await acquire(1, 100);
  alive.delete(100);
  alive.delete(1);
  const outcomes = await Promise.allSettled([acquire(2, 200), acquire(3, 300)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual([
    "fulfilled",
    "rejected",
  ]);
});

test("an agent whose Terraform is gone does nothing", async () => {
  const { acquire, alive } = setting();
  alive.delete(100);
  await expect(acquire(1, 100)).rejects.toThrow(
    /^Terraform ended before the agent began, so nothing was done\./,
  );
});

describe("a holder on another machine", () => {
  const there: Machine = { host: "there", boot: "b2", namespace: "n1" };

  test("cannot be examined while it has an agent: the lock fails and says what to do", async () => {
    const { acquire } = setting();
    await acquire(1, 100, there);
    await expect(acquire(2, 200)).rejects.toThrow(
      /whose processes cannot be seen from this machine\..*\nIf that run has ended, delete clusters\/demo\/\.lock and apply again\./,
    );
  });

  test("is over if it has no agent, because a pipeline carries stores from machine to machine", async () => {
    const { acquire, files } = setting();
    (await acquire(1, 100, there)).release();
    await acquire(2, 200);
    expect(files()).toEqual(["2", "2.2-s"]);
  });

  test("is over if it was this machine before a reboot", async () => {
    const { acquire, files } = setting();
    await acquire(1, 100, { ...HERE, boot: "b0" });
    await acquire(2, 200);
    expect(files()).toEqual(["2", "2.2-s"]);
  });
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
