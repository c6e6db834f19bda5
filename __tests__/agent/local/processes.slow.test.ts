import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import {
  checkStart,
  type LocalProcess,
  runningProcess,
  runsUpToDate,
  stopProcess,
} from "../../../lib/agent/processes/processes";
import { isAlive } from "../../../lib/base/processes";
import { TSX } from "../../support/tsx";
import { SERVER, ServerPlace, starter } from "./support/server-place";

const place = ServerPlace.inEachTest();

async function messageOf(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => "it did not fail",
    (error: Error) => error.message,
  );
}

test("starts a process in a session of its own, with its log and its record in the store", async () => {
  expect(await place.start()).toBe(true);
  expect(await place.answer()).toBe("hello world");
  const pid = place.pid;
  const [, session] = spawnSync("ps", ["-o", "sid=", "-p", String(pid)])
    .stdout.toString()
    .match(/(\d+)/)!;
  expect(Number(session)).toBe(pid);
  expect(place.store.read("processes/server.log")?.toString()).toBe(
    "listens\n",
  );
  expect(place.store.mode("processes/server.log")).toBe(0o600);
  expect(place.store.mode("processes/server.json")).toBe(0o600);
});

test("gives a process neither the open files nor the environment of its starter", async () => {
  place.write(
    "start.ts",
    starter(
      place.recipe(),
      `() => fetch("http://127.0.0.1:${place.port}/").then(() => true, () => false)`,
    ),
  );
  place.started.add([place.store, "server"]);
  // Started with an open lock, by a shell that exits right after it.
  const { stdout, stderr } = spawnSync(
    "bash",
    ["-c", 'exec 9>held 200>&9; "$0" "$@" start.ts', process.execPath, ...TSX],
    {
      cwd: place.folder,
      encoding: "utf8",
      timeout: 30_000,
      env: { ...process.env, SECRET: "s3cret" },
    },
  );
  expect(stderr + stdout).toMatch(/^server: ready after/);
  expect(await place.answer()).toBe("hello world");
  const environment = readFileSync(`/proc/${place.pid}/environ`, "utf8");
  expect(environment).toContain("GREETING=world");
  expect(environment).not.toContain("s3cret");
  const open = readdirSync(`/proc/${place.pid}/fd`).map((file) =>
    readlinkSync(`/proc/${place.pid}/fd/${file}`),
  );
  // The log replaces the inherited descriptors.
  expect(new Set(open.filter((file) => /^\/(?!dev\/null)/.test(file)))).toEqual(
    new Set([join(place.folder, "store/processes/server.log")]),
  );
});

test("leaves a process alone that is up to date", async () => {
  await place.start();
  const before = place.pid;
  expect(await place.start()).toBe(false);
  expect(place.pid).toBe(before);
});

test.each<[string, () => Partial<LocalProcess>]>([
  ["a variable", () => ({ environment: { GREETING: "everybody" } })],
  [
    "a word of the command",
    () => ({ command: ["./server", `0${place.port}`, "text"] }),
  ],
  [
    "a file that it reads",
    () => {
      place.write("text", "good morning ");
      return {};
    },
  ],
  [
    "the program",
    () => {
      place.write("server", `${SERVER}\n// another build\n`);
      return {};
    },
  ],
])("starts a process again when %s changed", async (_, change) => {
  await place.start();
  const { pid: before, start: startOf } = runningProcess(
    place.store,
    "server",
  )!;
  const changes = change();
  expect(runsUpToDate(place.store, place.recipe(changes))).toBe(false);
  expect(await place.start(changes)).toBe(true);
  expect(place.pid).not.toBe(before);
  expect(isAlive({ pid: before, start: startOf })).toBe(false);
});

test("keeps the log of the previous process", async () => {
  await place.start();
  await stopProcess(place.keeper, "server");
  await place.start();
  expect(place.store.read("processes/server.previous.log")?.toString()).toBe(
    "listens\n",
  );
});

test("restarts a process that was killed", async () => {
  await place.start();
  process.kill(place.pid, "SIGKILL");
  await place.start();
  expect(await place.answer()).toBe("hello world");
});

test("fails with the end of the log if a process ends at its start", async () => {
  const message = await messageOf(
    place.start({ command: ["./server", String(place.port), "nothing"] }),
  );
  expect(message).toContain("server ended");
  expect(message).toContain("exit code 1");
  expect(message).toContain("processes/server.log");
  expect(message).toContain("code: 'ENOENT'");
});

test("fails if a process is not ready in time, and prints its log", async () => {
  const message = await messageOf(
    place.start({ isReady: () => Promise.resolve(false), timeout: 0.5 }),
  );
  expect(message).toMatch(/runs, but is not ready after \d\.\d s/);
  expect(message).toContain("listens");
});

test("fails if a program is missing, and says where it was searched and how to get it", async () => {
  const message = await messageOf(
    checkStart(
      [
        {
          ...place.recipe(),
          name: "etcd",
          command: ["etcd-that-is-not-there"],
        },
        {
          ...place.recipe(),
          name: "kube-apiserver",
          command: ["bin/kube-apiserver"],
        },
      ],
      place.keeper,
      "v1.35.4",
    ),
  );
  expect(message).toContain("etcd is not on the PATH.");
  expect(message).toContain(`kube-apiserver is not in ${place.folder}/bin.`);
  expect(message).toContain("https://dl.k8s.io/release/v1.35.4/bin/linux/");
  expect(message).toContain("etcd-io/etcd/releases/tag/v3.6.6");
  expect(message).toContain("Nothing was started.");
});

test("fails if a port is used by a foreign process, and names that process", async () => {
  const other = spawn(
    join(place.folder, "server"),
    [String(place.port), join(place.folder, "text")],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  try {
    await new Promise((done) => other.stdout.once("data", done));
    const message = await messageOf(place.start());
    expect(message).toContain(
      `Port ${place.port}, on which server should listen, is used by process ${other.pid} (${process.execPath}).`,
    );
  } finally {
    other.kill("SIGKILL");
  }
});

test("fails if a program cannot be run", async () => {
  place.write("server", "#!/nowhere/sh\n");
  const message = await messageOf(place.start());
  expect(message).toContain(
    `${place.folder}/server cannot be run on this machine`,
  );
});
