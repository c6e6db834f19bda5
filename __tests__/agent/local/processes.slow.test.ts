import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../../lib/base/clock";
import { thisMachine } from "../../../lib/agent/hosts/local";
import { unhealthyOf } from "../../../lib/agent/health/health";
import {
  checkStart,
  type LocalProcess,
  runningProcess,
  runsUpToDate,
  startProcess,
  stopProcess,
} from "../../../lib/agent/processes/processes";
import {
  type ProcessRecord,
  readRecord,
  recordFile,
} from "../../../lib/agent/processes/record";
import { runTeardown } from "../../../lib/agent/teardown";
import { isAlive } from "../../../lib/base/processes";
import { Store } from "../../../lib/store/store";
import { TSX } from "../../support/tsx";

const LIB = join(__dirname, "../../../lib");

/** A server that answers with the text of the file in its second argument, which it reads when it starts. */
const SERVER = `#!${process.execPath}
const { createServer } = require("node:http");
const { readFileSync } = require("node:fs");
const [, , port, file] = process.argv;
const text = readFileSync(file, "utf8");
createServer((_, answer) => answer.end(text + process.env.GREETING)).listen(port, "127.0.0.1", () => console.log("listens"));
if (process.env.STUBBORN) process.on("SIGTERM", () => console.log("not yet"));
`;

let folder: string;
let store: Store;
let port: number;
const started = new Set<[Store, string]>();

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "processes-")));
  store = new Store(join(folder, "store"));
  store.open();
  port = await freePort();
  write("text", "hello ");
  write("server", SERVER);
  chmodSync(join(folder, "server"), 0o755);
});

afterEach(async () => {
  for (const [of, name] of started)
    await stopProcess({ store: of, clock: SYSTEM_CLOCK }, name, 0);
  started.clear();
  rmSync(folder, { recursive: true, force: true });
});

const keeper = () => ({ store, clock: SYSTEM_CLOCK });

const write = (file: string, text: string) =>
  writeFileSync(join(folder, file), text);

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server: Server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port: free } = server.address() as { port: number };
      server.close(() => done(free));
    });
  });
}

const HERE = thisMachine("here");
const served = () => ({
  name: "server",
  ports: [port],
  timeout: 20,
  health: { scheme: "http" as const, host: "127.0.0.1", port, path: "/" },
});

const recipe = (changes: Partial<LocalProcess> = {}): LocalProcess => ({
  name: "server",
  command: ["./server", String(port), "text"],
  environment: { GREETING: "world" },
  directory: folder,
  files: ["text"],
  ports: [port],
  isReady: async () =>
    (await unhealthyOf(HERE, [served()], undefined)).length === 0,
  timeout: 20,
  ...changes,
});

async function start(
  changes: Partial<LocalProcess> = {},
  of = store,
): Promise<boolean> {
  const wanted = recipe(changes);
  started.add([of, wanted.name]);
  return startProcess(wanted, {
    store: of,
    agent: "test",
    clock: SYSTEM_CLOCK,
    say: () => {},
  });
}

const answer = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();

const pidOf = (): number => runningProcess(store, "server")!.pid;

async function messageOf(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => "it did not fail",
    (error: Error) => error.message,
  );
}

test("starts a process in a session of its own, with its log and its record in the store", async () => {
  expect(await start()).toBe(true);
  expect(await answer()).toBe("hello world");
  const pid = pidOf();
  const [, session] = spawnSync("ps", ["-o", "sid=", "-p", String(pid)])
    .stdout.toString()
    .match(/(\d+)/)!;
  expect(Number(session)).toBe(pid);
  expect(store.read("processes/server.log")?.toString()).toBe("listens\n");
  expect(store.mode("processes/server.log")).toBe(0o600);
  expect(store.mode("processes/server.json")).toBe(0o600);
});

test("gives a process neither the open files nor the environment of its starter", async () => {
  write(
    "start.ts",
    `import { startProcess } from ${JSON.stringify(join(LIB, "agent/processes/processes"))};
     import { SYSTEM_CLOCK as clock } from ${JSON.stringify(join(LIB, "base/clock"))};
     import { Store } from ${JSON.stringify(join(LIB, "store/store"))};
     const wanted = { ...${JSON.stringify(recipe())}, isReady: () => fetch("http://127.0.0.1:${port}/").then(() => true, () => false) };
     void startProcess(wanted, { store: new Store("store"), clock, agent: "test", say: console.log });`,
  );
  started.add([store, "server"]);
  // Started with an open lock, by a shell that exits right after it.
  const { stdout, stderr } = spawnSync(
    "bash",
    ["-c", 'exec 9>held 200>&9; "$0" "$@" start.ts', process.execPath, ...TSX],
    {
      cwd: folder,
      encoding: "utf8",
      timeout: 30_000,
      env: { ...process.env, SECRET: "s3cret" },
    },
  );
  expect(stderr + stdout).toMatch(/^server: ready after/);
  expect(await answer()).toBe("hello world");
  const environment = readFileSync(`/proc/${pidOf()}/environ`, "utf8");
  expect(environment).toContain("GREETING=world");
  expect(environment).not.toContain("s3cret");
  const open = readdirSync(`/proc/${pidOf()}/fd`).map((file) =>
    readlinkSync(`/proc/${pidOf()}/fd/${file}`),
  );
  // The log replaces the inherited descriptors.
  expect(new Set(open.filter((file) => /^\/(?!dev\/null)/.test(file)))).toEqual(
    new Set([join(folder, "store/processes/server.log")]),
  );
});

test("leaves a process alone that is up to date", async () => {
  await start();
  const before = pidOf();
  expect(await start()).toBe(false);
  expect(pidOf()).toBe(before);
});

test.each<[string, () => Partial<LocalProcess>]>([
  ["a variable", () => ({ environment: { GREETING: "everybody" } })],
  [
    "a word of the command",
    () => ({ command: ["./server", `0${port}`, "text"] }),
  ],
  [
    "a file that it reads",
    () => {
      write("text", "good morning ");
      return {};
    },
  ],
  [
    "the program",
    () => {
      write("server", `${SERVER}\n// another build\n`);
      return {};
    },
  ],
])("starts a process again when %s changed", async (_, change) => {
  await start();
  const { pid: before, start: startOf } = runningProcess(store, "server")!;
  const changes = change();
  expect(runsUpToDate(store, recipe(changes))).toBe(false);
  expect(await start(changes)).toBe(true);
  expect(pidOf()).not.toBe(before);
  expect(isAlive({ pid: before, start: startOf })).toBe(false);
});

test("keeps the log of the previous process", async () => {
  await start();
  await stopProcess(keeper(), "server");
  await start();
  expect(store.read("processes/server.previous.log")?.toString()).toBe(
    "listens\n",
  );
});

test("restarts a process that was killed", async () => {
  await start();
  process.kill(pidOf(), "SIGKILL");
  await start();
  expect(await answer()).toBe("hello world");
});

test("fails with the end of the log if a process ends at its start", async () => {
  const message = await messageOf(
    start({ command: ["./server", String(port), "nothing"] }),
  );
  expect(message).toContain("server ended");
  expect(message).toContain("exit code 1");
  expect(message).toContain("processes/server.log");
  expect(message).toContain("code: 'ENOENT'");
});

test("fails if a process is not ready in time, and prints its log", async () => {
  const message = await messageOf(
    start({ isReady: () => Promise.resolve(false), timeout: 0.5 }),
  );
  expect(message).toMatch(/runs, but is not ready after \d\.\d s/);
  expect(message).toContain("listens");
});

test("fails if a program is missing, and says where it was searched and how to get it", async () => {
  const message = await messageOf(
    checkStart(
      [
        { ...recipe(), name: "etcd", command: ["etcd-that-is-not-there"] },
        {
          ...recipe(),
          name: "kube-apiserver",
          command: ["bin/kube-apiserver"],
        },
      ],
      keeper(),
      "v1.35.4",
    ),
  );
  expect(message).toContain("etcd is not on the PATH.");
  expect(message).toContain(`kube-apiserver is not in ${folder}/bin.`);
  expect(message).toContain("https://dl.k8s.io/release/v1.35.4/bin/linux/");
  expect(message).toContain("etcd-io/etcd/releases/tag/v3.6.6");
  expect(message).toContain("Nothing was started.");
});

test("fails if a port is used by a foreign process, and names that process", async () => {
  const other = spawn(
    join(folder, "server"),
    [String(port), join(folder, "text")],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  try {
    await new Promise((done) => other.stdout.once("data", done));
    const message = await messageOf(start());
    expect(message).toContain(
      `Port ${port}, on which server should listen, is used by process ${other.pid} (${process.execPath}).`,
    );
  } finally {
    other.kill("SIGKILL");
  }
});

test("fails if a program cannot be run", async () => {
  write("server", "#!/nowhere/sh\n");
  const message = await messageOf(start());
  expect(message).toContain(`${folder}/server cannot be run on this machine`);
});

test("kills a process that does not end on SIGTERM", async () => {
  await start({ environment: { STUBBORN: "yes" } });
  const pid = pidOf();
  expect(await stopProcess(keeper(), "server", 300)).toBe(true);
  expect(runningProcess(store, "server")).toBeUndefined();
  expect(await stopProcess(keeper(), "server", 300)).toBe(false);
  expect(store.read("processes/server.log")?.toString()).toContain("not yet");
  expect(pid).toBeGreaterThan(1);
});

test("finds a process whose starter was killed before it wrote the record", async () => {
  await start();
  const pid = pidOf();
  store.remove(["processes/server.json"]);
  expect(runningProcess(store, "server")).toBeUndefined();
  expect(await start()).toBe(true);
  expect(pidOf()).not.toBe(pid);
  expect(await answer()).toBe("hello world");
});

test("ends the children of a process, even if the process itself is gone", async () => {
  write("wrapper", `#!/bin/sh\n./server "$@" &\nwait\n`);
  chmodSync(join(folder, "wrapper"), 0o755);
  await start({ command: ["./wrapper", String(port), "text"] });
  process.kill(pidOf(), "SIGKILL");
  expect(await answer()).toBe("hello world");
  await stopProcess(keeper(), "server");
  await expect(answer()).rejects.toThrow();
});

test("ignores a foreign process that reuses the number of one of ours", async () => {
  await start();
  const record = readRecord(store, "server")!;
  await stopProcess(keeper(), "server");
  const other = spawn("sleep", ["60"], { stdio: "ignore" });
  try {
    await new Promise((done) => other.once("spawn", done));
    const forged: ProcessRecord = { ...record, pid: other.pid! };
    await store.write([recordFile("server", forged)], "test");
    expect(runningProcess(store, "server")).toBeUndefined();
    expect(await stopProcess(keeper(), "server")).toBe(false);
    expect(other.exitCode ?? other.signalCode).toBeNull();
  } finally {
    other.kill("SIGKILL");
  }
});

test("does not take over the processes of a store in a copy of it", async () => {
  await start();
  cpSync(store.directory, join(folder, "copy"), { recursive: true });
  const copy = new Store(join(folder, "copy"));
  expect(runningProcess(copy, "server")).toBeUndefined();
  expect(await stopProcess({ ...keeper(), store: copy }, "server")).toBe(false);
  expect(await answer()).toBe("hello world");
});

test("ignores records from before the machine was rebooted", async () => {
  await start();
  const record = readRecord(store, "server")!;
  const before = { ...record, machine: { ...record.machine, boot: "before" } };
  await store.write([recordFile("server", before)], "test");
  expect(runningProcess(store, "server")).toBeUndefined();
});

test("ends all processes of a store on destroy, removes logs and records, and keeps data only if requested", async () => {
  await start();
  await store.claim("stack", "test");
  const teardown = (retainAuthorities: boolean) =>
    runTeardown(
      { action: "teardown", store: "", stack: "stack", retainAuthorities },
      {
        ...keeper(),
        agent: "test",
        now: new Date(),
        say: (line) => said.push(line),
      },
    );
  const said: string[] = [];
  mkdirSync(store.at("processes/etcd/member"), { recursive: true });
  writeFileSync(store.at("processes/etcd/member/wal"), "data");
  await teardown(true);
  expect(said).toContain("1 process ended");
  await expect(answer()).rejects.toThrow();
  expect(store.files("processes")).toEqual(["processes/etcd/member/wal"]);
  await teardown(false);
  expect(store.exists).toBe(false);
});

test("ends on destroy even a process whose starter was killed before it wrote the record", async () => {
  await start();
  await store.claim("stack", "test");
  store.remove(["processes/server.json"]);
  await runTeardown(
    { action: "teardown", store: "", stack: "stack", retainAuthorities: false },
    { ...keeper(), agent: "test", now: new Date(), say: () => {} },
  );
  await expect(answer()).rejects.toThrow();
  expect(store.exists).toBe(false);
});

test("does not keep its starter running if a process never becomes ready", () => {
  started.add([store, "server"]);
  write(
    "start.ts",
    `import { startProcess } from ${JSON.stringify(join(LIB, "agent/processes/processes"))};
     import { SYSTEM_CLOCK as clock } from ${JSON.stringify(join(LIB, "base/clock"))};
     import { Store } from ${JSON.stringify(join(LIB, "store/store"))};
     const wanted = { ...${JSON.stringify(recipe({ timeout: 0.2 }))}, isReady: () => Promise.resolve(false) };
     startProcess(wanted, { store: new Store("store"), clock, agent: "test", say: console.log }).catch((error) => console.log(error.message));`,
  );
  const { stdout, status } = spawnSync(process.execPath, [...TSX, "start.ts"], {
    cwd: folder,
    encoding: "utf8",
    timeout: 30_000,
  });
  expect(stdout).toContain("server runs, but is not ready");
  expect(status).toBe(0);
});
