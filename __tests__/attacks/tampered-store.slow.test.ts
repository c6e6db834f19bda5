import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { inspect } from "../../lib/cli/report/inspect";
import { authority } from "../agent/support/artefacts";
import { batchRequest, type Workplace } from "../agent/support/workplace";
import { CLI } from "../cli/support/project";
import { ALL, expectSentence, made, teardown } from "./support/made-store";

/** Things that are put at the path of a file. */
const INSTEAD: Readonly<Record<string, (path: string) => void>> = {
  "a FIFO": (path) => execFileSync("mkfifo", [path]),
  "a folder": (path) => mkdirSync(path),
  "a file of gigabytes": (path) => {
    writeFileSync(path, "");
    truncateSync(path, 3 * 2 ** 30);
  },
  "a link that leads out of the store": (path) =>
    symlinkSync("/etc/hostname", path),
};

function put(place: Workplace, file: string, what: string): void {
  rmSync(place.path(file), { recursive: true, force: true });
  mkdirSync(dirname(place.path(file)), { recursive: true });
  INSTEAD[what](place.path(file));
}

const FILES = ["inventory.json", "pki/ca.key", ".stamps/pki/ca.crt.json"];

describe.each(Object.keys(INSTEAD))("%s in a store", (what) => {
  test.each(FILES)("fails an apply that would read it as %s", async (file) => {
    const place = await made();
    put(place, file, what);
    const run = await place.run(batchRequest("ca"), [authority()]);
    expectSentence(run, file.replaceAll(".", "\\."));
  });

  test.each(FILES)("is reported by inspect at the path of %s", async (file) => {
    const place = await made();
    put(place, file, what);
    const { exitCode, text } = inspect([place.store.directory], {
      json: true,
    });
    expect(exitCode).toBe(2);
    expect(text).toContain(`"file": "${file}`);
  });

  test("fails an apply when it is the lock", async () => {
    const place = await made();
    for (const number of ["1", "2"]) put(place, `.lock/${number}`, what);
    const run = await place.run(batchRequest("ca"), [authority()]);
    expectSentence(run, "\\.lock/2");
  });
});

const BROKEN: Readonly<Record<string, string>> = {
  "is empty": "",
  "is not JSON": "{",
  "is null": "null",
  "is a list": "[]",
};

describe.each([
  ["inventory.json", "inventory\\.json"],
  [".lock/7", "\\.lock/7"],
])("%s", (file, shown) => {
  test.each(Object.entries(BROKEN))("fails when it %s", async (_, text) => {
    const place = await made();
    place.write(file, text);
    expectSentence(await place.run(batchRequest("ca"), [authority()]), shown);
  });
});

test.each([
  ["nodes: null", { nodes: null }],
  ["a node that is null", { nodes: { "cp-1": null } }],
  ["a node whose name is a path", { nodes: { "../../x": {} } }],
  ["no stack", { stack: 5 }],
  ["nodes as a list", { nodes: [] }],
  ["null as the workspace", { workspace: null }],
  ["an object as the workspace", { workspace: {} }],
  ["an empty workspace", { workspace: "" }],
  ["a command as the workspace", { workspace: "a; reboot" }],
  ["a node without access", { nodes: { "cp-1": { address: "a" } } }],
  [
    "a kubeconfig outside the store",
    { adminKubeconfig: "../../../etc/shadow" },
  ],
  ["a workspace that is a number", { workspace: 7 }],
])("fails when the inventory has %s", async (_, fields) => {
  const place = await made();
  place.write("inventory.json", JSON.stringify({ stack: "demo", ...fields }));
  for (const asked of [batchRequest("ca"), teardown])
    expectSentence(await place.run(asked, []), "inventory\\.json");
});

test("fails when the inventory contains __proto__", async () => {
  const place = await made();
  place.write("inventory.json", '{"stack":"demo","nodes":{"__proto__":{}}}');
  expectSentence(await place.run(teardown), "inventory\\.json");
});

test("git stages nothing of a store", async () => {
  const place = await made();
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: place.root, encoding: "utf8" });
  git("init", "-q");
  place.write("../../main.ts", "");
  git("add", ".");
  expect(git("ls-files").trim()).toBe("main.ts");
});

/** Widens modes, as may happen when a store is restored from an archive or a file share. */
function openUp(place: Workplace): void {
  for (const path of ["", "pki", ".stamps"]) chmodSync(place.path(path), 0o777);
  for (const path of ["pki/ca.key", "a.key", "inventory.json"])
    chmodSync(place.path(path), 0o644);
}

test("inspect reports a store that was restored with too open modes", async () => {
  const place = await made();
  openUp(place);
  const { exitCode, text } = inspect([place.store.directory], { json: true });
  expect(exitCode).toBe(2);
  for (const [file, mode] of [
    [".", "0777"],
    ["pki/ca.key", "0644"],
    ["inventory.json", "0644"],
  ])
    expect(JSON.parse(text).stores[0].problems).toContainEqual({
      file,
      reason: expect.stringContaining(`its mode is ${mode}`),
    });
});

test("the next apply corrects the modes of the store", async () => {
  const place = await made();
  openUp(place);
  const { status, stdout } = await place.run(batchRequest("ca"), ALL);
  expect(status).toBe(0);
  expect(stdout).toContain("clusters/demo: 5 file modes corrected");
  expect([".", "pki/ca.key", "a.key"].map((file) => place.mode(file))).toEqual([
    "700",
    "600",
    "600",
  ]);
});

test("inspect by another user fails with an error for users", async () => {
  const place = await made();
  chmodSync(place.root, 0o755);
  expect(statSync(place.store.directory).mode & 0o777).toBe(0o700);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [CLI, "inspect", place.store.directory],
    { cwd: place.root, uid: 65534, encoding: "utf8" },
  );
  expect(status).toBe(2);
  const words = stdout.replace(/\s+/g, " ");
  expect(words).toMatch(/cannot be read \(EACCES\).* id 0.* 65534/);
  expect(words).toMatch(/Run this as the owner of the store/);
  expect(stdout + stderr).not.toMatch(/\n {4}at /);
});

test("a stamp cannot allow others to read the key of a CA", async () => {
  const place = await made();
  const stamp = ".stamps/pki/ca.crt.json";
  place.write(stamp, place.read(stamp).replace("ca.key 0600", "ca.key 0666"));
  chmodSync(place.path("pki/ca.key"), 0o666);
  const { text, exitCode } = inspect([place.store.directory], { json: true });
  expect(exitCode).toBe(2);
  expect(text).toMatch(/"file": "pki\/ca\.key",\s+"reason": "its mode is 0666/);
});

test("circular links do no harm, except at the path of a file", async () => {
  const place = await made();
  symlinkSync("loop", place.path("loop"));
  expect(inspect([place.store.directory], { json: true }).exitCode).toBe(0);

  rmSync(place.path("pki/ca.crt"));
  symlinkSync("ca.crt", place.path("pki/ca.crt"));
  expect(inspect([place.store.directory], { json: true })).toMatchObject({
    exitCode: 2,
    text: expect.stringMatching(/pki\/ca\.crt cannot be read \(ELOOP\)/),
  });
});

test("a socket at the path of a file is reported", async () => {
  const place = await made();
  rmSync(place.path("pki/ca.crt"));
  const server = createServer().listen(place.path("pki/ca.crt"));
  await once(server, "listening");
  const { text, exitCode } = inspect([place.store.directory], { json: true });
  server.close();
  expect(exitCode).toBe(2);
  expect(text).toContain('"file": "pki/ca.crt"');
  expect(text).toContain("is a socket");
});

test("a stamp with an invalid renewBefore is reported", async () => {
  const place = await made();
  const stamp = JSON.parse(place.read(".stamps/a.crt.json"));
  place.write(
    ".stamps/a.crt.json",
    JSON.stringify({ ...stamp, renewBefore: "banana" }),
  );
  const { text, exitCode } = inspect([place.store.directory], { json: true });
  expect(exitCode).toBe(2);
  expect(text).toContain(".stamps/a.crt.json cannot be used");
});
