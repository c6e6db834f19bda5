import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  runningProcess,
  stopProcess,
} from "../../../lib/agent/processes/processes";
import {
  type ProcessRecord,
  readRecord,
  recordFile,
} from "../../../lib/agent/processes/record";
import { runTeardown } from "../../../lib/agent/teardown";
import { Store } from "../../../lib/store/store";
import { TSX } from "../../support/tsx";
import { ServerPlace, starter } from "./support/server-place";

const place = ServerPlace.inEachTest();

test("kills a process that does not end on SIGTERM", async () => {
  await place.start({ environment: { STUBBORN: "yes" } });
  const pid = place.pid;
  expect(await stopProcess(place.keeper, "server", 300)).toBe(true);
  expect(runningProcess(place.store, "server")).toBeUndefined();
  expect(await stopProcess(place.keeper, "server", 300)).toBe(false);
  expect(place.store.read("processes/server.log")?.toString()).toContain(
    "not yet",
  );
  expect(pid).toBeGreaterThan(1);
});

test("finds a process whose starter was killed before it wrote the record", async () => {
  await place.start();
  const pid = place.pid;
  place.store.remove(["processes/server.json"]);
  expect(runningProcess(place.store, "server")).toBeUndefined();
  expect(await place.start()).toBe(true);
  expect(place.pid).not.toBe(pid);
  expect(await place.answer()).toBe("hello world");
});

test("ends the children of a process, even if the process itself is gone", async () => {
  place.write("wrapper", `#!/bin/sh\n./server "$@" &\nwait\n`);
  chmodSync(join(place.folder, "wrapper"), 0o755);
  await place.start({ command: ["./wrapper", String(place.port), "text"] });
  process.kill(place.pid, "SIGKILL");
  expect(await place.answer()).toBe("hello world");
  await stopProcess(place.keeper, "server");
  await expect(place.answer()).rejects.toThrow();
});

test("ignores a foreign process that reuses the number of one of ours", async () => {
  await place.start();
  const record = readRecord(place.store, "server")!;
  await stopProcess(place.keeper, "server");
  const other = spawn("sleep", ["60"], { stdio: "ignore" });
  try {
    await new Promise((done) => other.once("spawn", done));
    const forged: ProcessRecord = { ...record, pid: other.pid! };
    await place.store.write([recordFile("server", forged)], "test");
    expect(runningProcess(place.store, "server")).toBeUndefined();
    expect(await stopProcess(place.keeper, "server")).toBe(false);
    expect(other.exitCode ?? other.signalCode).toBeNull();
  } finally {
    other.kill("SIGKILL");
  }
});

test("does not take over the processes of a store in a copy of it", async () => {
  await place.start();
  cpSync(place.store.directory, join(place.folder, "copy"), {
    recursive: true,
  });
  const copy = new Store(join(place.folder, "copy"));
  expect(runningProcess(copy, "server")).toBeUndefined();
  expect(await stopProcess({ ...place.keeper, store: copy }, "server")).toBe(
    false,
  );
  expect(await place.answer()).toBe("hello world");
});

test("ignores records from before the machine was rebooted", async () => {
  await place.start();
  const record = readRecord(place.store, "server")!;
  const before = { ...record, machine: { ...record.machine, boot: "before" } };
  await place.store.write([recordFile("server", before)], "test");
  expect(runningProcess(place.store, "server")).toBeUndefined();
});

test("ends all processes of a store on destroy, removes logs and records, and keeps data only if requested", async () => {
  await place.start();
  await place.store.claim("stack", "test");
  const teardown = (retainAuthorities: boolean) =>
    runTeardown(
      { action: "teardown", store: "", stack: "stack", retainAuthorities },
      {
        ...place.keeper,
        agent: "test",
        now: new Date(),
        say: (line) => said.push(line),
      },
    );
  const said: string[] = [];
  mkdirSync(place.store.at("processes/etcd/member"), { recursive: true });
  writeFileSync(place.store.at("processes/etcd/member/wal"), "data");
  await teardown(true);
  expect(said).toContain("1 process ended");
  await expect(place.answer()).rejects.toThrow();
  expect(place.store.files("processes")).toEqual(["processes/etcd/member/wal"]);
  await teardown(false);
  expect(place.store.exists).toBe(false);
});

test("ends on destroy even a process whose starter was killed before it wrote the record", async () => {
  await place.start();
  await place.store.claim("stack", "test");
  place.store.remove(["processes/server.json"]);
  await runTeardown(
    { action: "teardown", store: "", stack: "stack", retainAuthorities: false },
    { ...place.keeper, agent: "test", now: new Date(), say: () => {} },
  );
  await expect(place.answer()).rejects.toThrow();
  expect(place.store.exists).toBe(false);
});

test("does not keep its starter running if a process never becomes ready", () => {
  place.started.add([place.store, "server"]);
  place.write(
    "start.ts",
    starter(
      place.recipe({ timeout: 0.2 }),
      "() => Promise.resolve(false)",
      ".catch((error) => console.log(error.message))",
    ),
  );
  const { stdout, status } = spawnSync(process.execPath, [...TSX, "start.ts"], {
    cwd: place.folder,
    encoding: "utf8",
    timeout: 30_000,
  });
  expect(stdout).toContain("server runs, but is not ready");
  expect(status).toBe(0);
});
