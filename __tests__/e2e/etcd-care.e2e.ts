import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { SYSTEM_CLOCK } from "../../lib/base/clock";
import { identify, systemProcesses } from "../../lib/base/processes";
import type { CareAct, EtcdOutcome } from "../../lib/request/etcd-care";
import { acquireLock } from "../../lib/store/lock";
import { quotaSteps } from "./etcd-care/quota";
import { Members, NAMES } from "./etcd-care/members";
import type { Outcome } from "./local/place";
import { agentsBelow, kill } from "./local/processes";
import { say, until } from "./say";
import { step } from "./steps";

/** The document of `--json` about the only store. */
function answerIn({ stdout }: Outcome): EtcdOutcome {
  const { stores } = JSON.parse(stdout) as { stores: [EtcdOutcome] };
  return stores[0];
}

/** What a command has printed so far. */
function outputOf({ stdout, stderr }: ChildProcess): () => string {
  let text = "";
  for (const stream of [stdout, stderr])
    stream?.on("data", (data: Buffer) => (text += String(data)));
  return () => text;
}

/** Resolves at once when a command has printed a text: less than half a second is left to interrupt it. */
const printed = (child: ChildProcess, text: string): Promise<void> =>
  new Promise((resolve) => {
    const said = outputOf(child);
    child.stdout?.on("data", () => said().includes(text) && resolve());
  });

const inWords = ({ kind, member }: CareAct): string => `${kind} ${member}`;

describe("three members of etcd with a quota of 16 MiB", () => {
  const members = new Members();
  beforeAll(() => members.start());
  afterAll(() => members.end());

  const sizes = async (): Promise<number[]> => {
    const { state } = answerIn(await members.run("etcd", "status", "--json"));
    return state.members.map(({ status }) => status?.size ?? 0);
  };

  step("are shown with version, leader, sizes and quota", async () => {
    const outcome = await members.run("etcd", "status", "--json");
    expect(outcome.exitCode).toBe(0);
    const { state } = answerIn(outcome);
    expect(state).toMatchObject({ hasQuorum: true, alarms: [] });
    expect(state.members.map(({ name }) => name)).toEqual(NAMES);
    for (const { id, status, problem } of state.members) {
      expect(problem).toBeUndefined();
      expect(status).toMatchObject({
        memberId: id,
        version: expect.stringMatching(/^3\.\d+\.\d+$/) as string,
        quota: 16 * 1024 ** 2,
      });
    }
    const { stdout } = await members.run("etcd", "status");
    expect(stdout).toMatch(/^ {2}cp-\d {4}3\.\S+ +leader /m);
    expect(stdout).toContain("All 3 members are healthy.");
  });

  step("are not recovered without a reason", async () => {
    const { exitCode, stderr } = await members.run("etcd", "recover");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "there is nothing to recover from. Nothing was touched.",
    );
  });

  step(
    "take no writes at their quota, which check names with the remedy",
    async () => {
      expect(await members.fill()).toContain("database space exceeded");
      const check = await members.run("check");
      expect(check.exitCode).toBe(2);
      expect(check.stdout).toMatch(
        /etcd has the alarm NOSPACE: its database on cp-\d has reached the quota of 16 MiB.* `cdktf-control-plane etcd recover clusters\/care`/,
      );
      const status = await members.run("etcd", "status");
      expect(status.exitCode).toBe(2);
      expect(status.stdout).toContain("x etcd has the alarm NOSPACE");
      // They vote, so a rollout that raises the quota may restart one after the other.
      expect(await members.healthyForRollouts()).toEqual(NAMES);
    },
  );

  step(
    "stay as they are after a recovery that was killed, and come back by the next one",
    async () => {
      const first = members.begin("etcd", "recover");
      const ended = once(first, "close");
      await printed(first, "compacted to revision");
      for (const pid of await agentsBelow(first.pid!)) kill(pid);
      await ended;
      expect(await members.put("cp-1", "small", "1")).toContain(
        "database space exceeded",
      );

      const { exitCode, stdout, stderr } = await members.run("etcd", "recover");
      expect(stderr).not.toContain("Error");
      expect(exitCode).toBe(0);
      expect(stdout).toContain("alarm NOSPACE disarmed");
      expect(stdout).toContain("The cluster takes writes again.");
      for (const name of NAMES)
        expect(await members.put(name, "small", name)).toBeUndefined();
      expect((await members.values("large-")).size).toBe(20);
      expect((await members.run("check")).stdout).not.toContain("NOSPACE");
    },
  );

  step("lose no write while all of them are defragmented", async () => {
    const acknowledged = new Map<string, string>();
    let refused = 0;
    let writing = true;
    const write = async () => {
      for (let at = 0; writing; at++) {
        const [key, value] = [`count-${String(at).padStart(6, "0")}`, `${at}`];
        const member = `cp-${(at % 3) + 1}`;
        if ((await members.put(member, key, value)) === undefined)
          acknowledged.set(key, value);
        else refused++;
      }
    };
    const writer = write();
    await until("a hundred writes", 30, async () => acknowledged.size > 100);
    const before = acknowledged.size;
    const outcome = await members.run("etcd", "defrag", "--all", "--json");
    expect(acknowledged.size).toBeGreaterThan(before);
    writing = false;
    await writer;
    expect(outcome.exitCode).toBe(0);

    const { done } = answerIn(outcome);
    const last = done.at(-1)!.member;
    const followers = NAMES.filter((name) => name !== last);
    expect(done.map(inWords)).toEqual([
      ...followers.map((name) => `defragment ${name}`),
      `move leadership ${last}`,
      `defragment ${last}`,
    ]);
    const found = await members.values("count-");
    expect(
      [...acknowledged].filter(([key, value]) => found.get(key) !== value),
    ).toEqual([]);
    say(`${acknowledged.size} writes acknowledged, ${refused} refused, 0 lost`);
  });

  step("are left alone while little is free", async () => {
    const outcome = await members.run("etcd", "defrag", "--json");
    expect(outcome.exitCode).toBe(0);
    expect(answerIn(outcome).done).toEqual([]);
  });

  step("are not touched while one of them is down", async () => {
    const before = await sizes();
    await members.stopMember("cp-3");
    const { exitCode, stderr } = await members.run("etcd", "defrag", "--all");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/\n {2}cp-3: etcd of cp-3 does not answer: /);
    expect(stderr).toContain("Nothing was touched.");
    const status = await members.run("etcd", "status");
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toContain("1 member of 3 is not healthy");
    members.startMember("cp-3");
    await until("all members healthy", 30, () => members.isHealthy());
    expect((await sizes()).slice(0, 2)).toEqual(before.slice(0, 2));
  });

  step("are not defragmented while another run holds the store", async () => {
    const run = spawn("sleep", ["600"]);
    const lock = await acquireLock(members.store.directory, {
      clock: SYSTEM_CLOCK,
      processes: { ...systemProcesses(), run: () => identify(run.pid!) },
      shown: "clusters/care",
      say: () => undefined,
    });
    const waiting = members.begin("etcd", "defrag", "--all");
    const ended = once(waiting, "close");
    const said = outputOf(waiting);
    try {
      await until("waiting", 30, async () => said().includes("waiting for"));
      expect(said()).not.toContain("defragmented");
    } finally {
      lock.release();
      run.kill();
    }
    expect(await ended).toEqual([0, null]);
    expect(said()).toContain("cp-1, cp-2 and cp-3 were defragmented");
  });

  step(
    "with corrupt data are never touched, and their alarm is never disarmed",
    async () => {
      const { memberId } = await members.client("cp-2").memberStatus();
      await members.ask("cp-1", "/v3/maintenance/alarm", {
        action: "ACTIVATE",
        alarm: "CORRUPT",
        memberID: memberId,
      });
      for (const task of ["defrag", "recover"]) {
        const { exitCode, stderr } = await members.run("etcd", task);
        expect(exitCode).toBe(1);
        expect(stderr).toContain("the alarm CORRUPT: the data of cp-2 differ");
        expect(stderr).toContain("Nothing was touched.");
      }
      const check = await members.run("check");
      expect(check.stdout).toContain("etcd has the alarm CORRUPT");
      expect(await members.client("cp-1").alarms()).toEqual([
        { kind: "CORRUPT", memberId },
      ]);
    },
  );

  step(
    "work again once the member with corrupt data is removed and its alarm is disarmed",
    async () => {
      const { memberId } = await members.client("cp-2").memberStatus();
      // As docs/etcd.md has it.
      await members.client("cp-1").remove(memberId);
      // It may have been the leader.
      await until("the alarm disarmed", 30, async () => {
        await members.client("cp-1").disarm({ kind: "CORRUPT", memberId });
        return true;
      });
      expect(await members.client("cp-1").alarms()).toEqual([]);
      await until("a write taken", 30, async () => {
        return (await members.put("cp-1", "small", "2")) === undefined;
      });
      const { state } = answerIn(await members.run("etcd", "status", "--json"));
      expect(state.members.map(({ name }) => name)).toEqual(["cp-1", "cp-3"]);
    },
  );
});

describe("a local control plane with a quota of 16 MiB", () => quotaSteps());
