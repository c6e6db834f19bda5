import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  deliver,
  differences,
  readHost,
} from "../../../lib/agent/hosts/delivery";
import type { Host, HostFile } from "../../../lib/agent/hosts/host";
import { CuttingProxy } from "./support/cutting";
import { Connections, hostError } from "./support/place";
import { sessionsOf, Sshd, until } from "./support/sshd";
import { localHost, makeCountingPrograms, stepsIn } from "./support/stepped";

const PKI = "/etc/kubernetes/pki";
const MANIFEST = "/etc/kubernetes/manifests/etcd.yaml";
const KEY = `${PKI}/it's a $(key) 100%.key`;
const STATE = "/var/lib/cdktf-control-plane";

const file = (
  path: string,
  content: string | Buffer,
  mode = 0o600,
  owner = "root:root",
): HostFile => ({ path, content: Buffer.from(content), mode, owner });

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "delivery-"));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (path: string): string => join(root, path);
const here = localHost({ path: process.env.PATH ?? "" });

/** Reads a host and delivers the differences, as a rollout does. Returns the number of differences. */
async function bring(host: Host, wanted: readonly HostFile[]): Promise<number> {
  const paths = wanted.map(({ path }) => path);
  const state = await readHost(host, paths, { root });
  const { changed, removed } = differences(wanted, state);
  if (changed.length + removed.length > 0)
    await deliver(host, { changed, removed, listed: paths }, { root });
  return changed.length + removed.length;
}

/** Everything in a folder, with the times of the last changes. */
const everythingIn = (folder: string): string =>
  execFileSync("find", [folder, "-printf", "%p %s %m %T@ %C@\\n"]).toString();

/** The contents, modes and owners of all files, without the bookkeeping of deliveries. */
function tree(folder = root): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: string): void => {
    for (const name of readdirSync(join(folder, path))) {
      const inside = join(path, name);
      const stat = lstatSync(join(folder, inside));
      if (stat.isDirectory()) visit(inside);
      else if (!["lock", "delivered"].includes(name))
        found[inside] =
          `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid} ${readFileSync(join(folder, inside), "latin1")}`;
    }
  };
  visit("/");
  return found;
}

describe("delivering files to a host", () => {
  test("creates files and folders, and then finds no differences", async () => {
    const wanted = [
      file(MANIFEST, "etcd", 0o600),
      file(KEY, randomBytes(300_000), 0o640, "0:daemon"),
      file("/var/lib/kubelet/config.yaml", "", 0o644, "daemon:1"),
    ];
    expect(await bring(here, wanted)).toBe(3);
    expect(await bring(here, wanted)).toBe(0);
    expect(Object.keys(tree())).toHaveLength(3);
    expect(readFileSync(at(KEY))).toEqual(wanted[1].content);
    expect(statSync(at(KEY))).toMatchObject({ mode: 0o100640, uid: 0, gid: 1 });
    expect(statSync(at(PKI)).mode & 0o777).toBe(0o755);
    expect(statSync(at(STATE)).mode & 0o777).toBe(0o700);
    expect(statSync(dirname(at(STATE))).mode & 0o777).toBe(0o755);
  });

  test("sends files that differ in content, mode or owner, whether the owner is given by name or id", async () => {
    const wanted = [file("/a", "a"), file("/b", "b"), file("/c", "c")];
    await bring(here, wanted);
    writeFileSync(at("/a"), "changed");
    chmodSync(at("/b"), 0o644);
    const state = await readHost(here, ["/a", "/b", "/c", "/none"], { root });
    expect(state.files.get("/c")).toEqual({
      sha256: createHash("sha256").update("c").digest("hex"),
      mode: 0o600,
      ids: "0:0",
      names: "root:root",
    });
    expect(state.files.has("/none")).toBe(false);
    const changedBy = (owner: string): string[] =>
      differences(
        wanted.map((each) => ({ ...each, owner })),
        state,
      ).changed.map(({ path }) => path);
    for (const owner of ["root:root", "0:0", "root:0", "0:root"])
      expect(changedBy(owner)).toEqual(["/a", "/b"]);
    for (const owner of ["root:daemon", "1:0"])
      expect(changedBy(owner)).toEqual(["/a", "/b", "/c"]);
    expect(await bring(here, wanted)).toBe(2);
  });

  test("reads the content of requested files", async () => {
    const content = randomBytes(100_000);
    await bring(here, [file(KEY, content), file("/empty", "")]);
    symlinkSync(at(KEY), at("/link"));
    const { contents } = await readHost(here, [], {
      root,
      contents: [KEY, "/none", "/empty", "/link", PKI],
    });
    expect([...contents]).toEqual([
      [KEY, content],
      ["/empty", Buffer.alloc(0)],
      ["/link", content],
    ]);
  });

  test("removes files that are no longer wanted, and folders of Kubernetes that become empty", async () => {
    await bring(here, [
      file(`${PKI}/etcd/ca.crt`, "1"),
      file(`${PKI}/ca.crt`, "2"),
      file("/opt/mine/file", "3"),
    ]);
    writeFileSync(at(`${PKI}/not ours`), "");
    expect(await bring(here, [])).toBe(3);
    expect(Object.keys(tree())).toEqual([`${PKI}/not ours`]);
    expect(existsSync(at(`${PKI}/etcd`))).toBe(false);
    expect(existsSync(at("/opt/mine"))).toBe(true);
    expect(await bring(here, [])).toBe(0);
  });

  test("gives a file its owner before others can read it, adds static pods last, and removes them first", async () => {
    const steps = at("/steps");
    const programs = makeCountingPrograms(at("/programs"));
    writeFileSync(
      join(programs, "mv"),
      `#!/bin/sh\nfor last; do :; done\necho "$last" >>"$STEPS"\nexec /bin/mv "$@"\n`,
    );
    writeFileSync(
      join(programs, "rm"),
      `#!/bin/sh\nfor last; do :; done\necho "gone $last" >>"$STEPS"\nexec /bin/rm "$@"\n`,
    );
    const host = localHost({
      path: `${programs}:${process.env.PATH}`,
      environment: { STEPS: steps, DIE_AT: "" },
    });
    // Logs owner and size at each chmod: a file is complete and has its owner before others may read it.
    writeFileSync(
      join(programs, "chmod"),
      `#!/bin/sh\nstat -c '%a %U %s' "$2" >>"$STEPS.modes"\nexec /bin/chmod "$@"\n`,
    );
    await bring(host, [
      file(MANIFEST, "a", 0o644, "daemon:root"),
      file("/z", "z"),
    ]);
    expect(stepsIn(`${steps}.modes`).slice(1)).toEqual([
      "600 root 1",
      "600 daemon 1",
    ]);
    await bring(host, []);
    const order = stepsIn(steps).filter((line) =>
      /(\/z|etcd\.yaml)$/.test(line),
    );
    expect(order).toEqual([
      at("/z"),
      at(MANIFEST),
      `gone ${at(MANIFEST)}`,
      `gone ${at("/z")}`,
    ]);
  });

  test("keeps the modes of existing folders, and replaces a link but not its target", async () => {
    mkdirSync(at(PKI), { recursive: true, mode: 0o700 });
    writeFileSync(at("/elsewhere"), "theirs");
    symlinkSync(at("/elsewhere"), at(`${PKI}/ca.crt`));
    await bring(here, [file(`${PKI}/ca.crt`, "ours", 0o644)]);
    expect(readFileSync(at("/elsewhere"), "utf8")).toBe("theirs");
    expect(readFileSync(at(`${PKI}/ca.crt`), "utf8")).toBe("ours");
    expect(statSync(at(PKI)).mode & 0o777).toBe(0o700);
  });

  test.each([
    ["", "a folder has its path", () => mkdirSync(at("/b"))],
    [
      "/x",
      "a file has the path of its folder",
      () => writeFileSync(at("/b"), ""),
    ],
  ])("fails when%s %s, and changes nothing", async (below, _, prepare) => {
    await bring(here, [file("/a", "old")]);
    prepare();
    const error = await hostError(
      bring(here, [file("/a", "new"), file(`/b${below}`, "new")]),
    );
    expect(error).toMatchObject({ kind: "delivery", node: "cp-1" });
    expect(error.message).toContain(at(`/b${below}`));
    expect(error.message).toContain("None of its files was changed.");
    expect(tree()["/a"]).toBe("600 0:0 old");
    expect(readdirSync(root).sort()).toEqual(["a", "b", "var"]);
  });

  test("fails when the owner does not exist on the host, and changes nothing", async () => {
    const error = await hostError(
      bring(here, [
        file("/a", "a"),
        file("/b", "b", 0o600, "nobody-here:root"),
      ]),
    );
    expect(error.message).toContain("nobody-here");
    expect(error.message).toContain(at("/b"));
    expect(tree()).toEqual({});
  });

  test.each(["etc/passwd", "/a\nb", "/a/../b", "/a/", "//a", "/."])(
    "refuses the path %j",
    async (path) => {
      const error = await hostError(bring(here, [file(path, "")]));
      expect(error.message).toContain(JSON.stringify(path));
    },
  );

  test.each(["/var/lib", "/etc"])(
    "fails when the disk of %s is full, and changes nothing",
    async (folder) => {
      mkdirSync(at(folder), { recursive: true });
      const wanted = (size: number): HostFile[] => [
        file("/etc/a", Buffer.alloc(size / 2, "a")),
        file("/etc/b", Buffer.alloc(size / 2, "b")),
      ];
      execFileSync("mount", [
        "-t",
        "tmpfs",
        "-o",
        "size=128k,mode=755",
        "none",
        at(folder),
      ]);
      try {
        await bring(here, wanted(8_000));
        const before = tree();
        const error = await hostError(bring(here, wanted(160_000)));
        expect(error.kind).toBe("full-disk");
        expect(error.message).toContain("No space is left on cp-1: ");
        expect(tree()).toEqual(before);
        expect(await bring(here, wanted(8_002))).toBe(2);
      } finally {
        execFileSync("umount", [at(folder)]);
      }
    },
  );

  test("works with busybox alone", async () => {
    const programs = at("/programs");
    mkdirSync(programs);
    execFileSync("busybox", ["--install", "-s", programs]);
    const busybox = localHost({ path: programs });
    const wanted = [
      file(KEY, "key", 0o640, "root:daemon"),
      file(MANIFEST, "m"),
    ];
    expect(await bring(busybox, wanted)).toBe(2);
    expect(await bring(busybox, wanted)).toBe(0);
    expect(tree(at("/etc"))).toEqual({
      [KEY.slice(4)]: "640 0:1 key",
      [MANIFEST.slice(4)]: "600 0:0 m",
    });
    expect(await bring(busybox, [])).toBe(2);
  });

  test("if the host dies at any step, each file is old or new, and after the next look all are old or all are new", async () => {
    const before = [file(KEY, "old"), file("/opt/left", "left")];
    const after = [file(KEY, "new", 0o644), file(MANIFEST, "added")];
    const keys = [at(KEY), at("/opt/left"), at(MANIFEST)];
    const programs = makeCountingPrograms(at("/programs"));
    const place = root;
    const run = async (
      dieAt: number,
    ): Promise<{ steps: string[]; died: string[]; healed: string[] }> => {
      root = mkdtempSync(join(place, "run-"));
      const folder = root;
      const inFolder = { root: folder };
      const host = localHost({
        path: `${programs}:${process.env.PATH}`,
        environment: { STEPS: join(folder, "steps"), DIE_AT: String(dieAt) },
      });
      const listed = before.map(({ path }) => path);
      const add = { changed: before, removed: [], listed };
      await deliver(here, add, inFolder);
      const change = {
        changed: after,
        removed: ["/opt/left"],
        listed: after.map(({ path }) => path),
      };
      const contents = (): string[] =>
        keys.map((path) => {
          const own = path.replace(place, folder);
          return existsSync(own) ? readFileSync(own, "utf8") : "";
        });
      const outcome = await deliver(host, change, inFolder).catch(() => "died");
      expect(outcome).toBe(dieAt > 0 ? "died" : undefined);
      const died = contents();
      const disk = everythingIn(folder);
      await readHost(here, change.listed, { ...inFolder, readOnly: true });
      expect(everythingIn(folder)).toBe(disk);
      const state = await readHost(here, change.listed, inFolder);
      const healed = contents();
      const left = Object.keys(tree(folder)).filter((path) =>
        /\/\.|staging|ready|done/.test(path),
      );
      expect(left).toEqual([]);
      const { changed, removed } = differences(after, state);
      await deliver(here, { ...change, changed, removed }, inFolder);
      expect(contents()).toEqual(["new", "", "added"]);
      return { steps: stepsIn(join(folder, "steps")), died, healed };
    };
    const { steps } = await run(0);
    for (let step = 1; step <= steps.length; step++) {
      const { died, healed } = await run(step);
      died.forEach((content, n) =>
        expect([["old", "left", ""][n], ["new", "", "added"][n]]).toContain(
          content,
        ),
      );
      expect([
        ["old", "left", ""],
        ["new", "", "added"],
      ]).toContainEqual(healed);
    }
    root = place;
  });
});

describe("delivering over a connection that is cut", () => {
  let sshd: Sshd;

  beforeAll(async () => {
    sshd = await Sshd.start();
  });

  afterAll(() => sshd.remove());

  test("leaves all files old or all files new, and the next delivery brings the rest", async () => {
    const proxy = await CuttingProxy.to(sshd.port);
    const connections = new Connections(at("/known_hosts"));
    const access = sshd.access({ port: proxy.port });
    const version = (name: string): HostFile[] =>
      [KEY, MANIFEST, "/opt/file"].map((path) =>
        file(path, Buffer.alloc(50_000, name)),
      );
    const inRoot = { root };
    const paths = version("").map(({ path }) => path);
    const firsts = (): string[] =>
      paths.map((path) => readFileSync(at(path), "latin1")[0]);
    const whole = { removed: [], listed: paths };
    let host = await connections.open(access);
    const from = proxy.passed;
    await deliver(host, { ...whole, changed: version("a") }, inRoot);
    const size = proxy.passed - from;
    let [old, next] = ["a", "b"];
    for (const part of [0.01, 0.5, 0.97, 1]) {
      // If everything was sent, the answer is cut off.
      proxy.cutAfter(Math.floor(size * part) - (part === 1 ? 100 : 0));
      const delivery = deliver(
        host,
        { ...whole, changed: version(next) },
        inRoot,
      );
      expect((await hostError(delivery)).kind).toBe("lost");
      for (const first of firsts()) expect([old, next]).toContain(first);
      proxy.repair();
      host = await connections.open(access);
      const state = await readHost(host, paths, inRoot);
      expect(new Set(firsts()).size).toBe(1);
      const { changed } = differences(version(next), state);
      await deliver(host, { ...whole, changed }, inRoot);
      expect(firsts()).toEqual([next, next, next]);
      [old, next] = [next, next === "b" ? "a" : "b"];
    }
    expect(Object.keys(tree()).sort()).toEqual(
      [...paths, "/known_hosts"].sort(),
    );
    await connections.close();
    await proxy.close();
  });

  test("continues without a connection once everything was received, and the next delivery waits for it", async () => {
    const connections = new Connections(at("/known_hosts"));
    const old = [file(KEY, "old"), file(MANIFEST, "old")];
    const wanted = [file(KEY, "new"), file(MANIFEST, "new")];
    await bring(here, old);
    const lock = at(`${STATE}/lock`);
    const holder = spawn("flock", [lock, "sh", "-c", "echo held; read -r _"]);
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    const others = sessionsOf(sshd.pid);
    const host = await connections.open(sshd.access());
    const paths = wanted.map(({ path }) => path);
    const delivery = hostError(
      deliver(host, { changed: wanted, removed: [], listed: paths }, { root }),
    );
    const waiters = (): number => waitingFor(lock);
    await until(
      () => waiters() === 1,
      "the delivery does not wait for the lock",
    );
    for (const pid of sessionsOf(sshd.pid))
      if (!others.includes(pid)) process.kill(pid, "SIGKILL");
    expect((await delivery).kind).toBe("lost");
    const next = bring(await connections.open(sshd.access()), wanted);
    await until(() => waiters() === 2, "the next delivery does not wait");
    holder.stdin.end();
    await next;
    await until(() => waiters() === 0, "a delivery is still waiting");
    expect(Object.values(tree(at("/etc")))).toEqual([
      "600 0:0 new",
      "600 0:0 new",
    ]);
    await connections.close();
  });
});

/** The number of processes that wait for a lock, which their shell opened as descriptor 9. */
const waitingFor = (lock: string): number =>
  readdirSync("/proc").filter((pid) => {
    try {
      return (
        readFileSync(`/proc/${pid}/comm`, "utf8") === "flock\n" &&
        readlinkSync(`/proc/${pid}/fd/9`) === lock
      );
    } catch {
      return false;
    }
  }).length;
