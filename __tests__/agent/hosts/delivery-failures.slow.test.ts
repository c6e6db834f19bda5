import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import {
  deliver,
  differences,
  readHost,
} from "../../../lib/agent/hosts/delivery";
import type { HostFile } from "../../../lib/agent/hosts/host";
import { CuttingProxy } from "./support/cutting";
import {
  DeliveryPlace,
  file,
  here,
  KEY,
  MANIFEST,
  STATE,
} from "./support/delivery-place";
import { Connections, hostError } from "./support/place";
import { sessionsOf, Sshd, until } from "./support/sshd";
import { localHost, makeCountingPrograms, stepsIn } from "./support/stepped";

const place = DeliveryPlace.inEachTest();
const { at } = place;

/** Everything in a folder, with the times of the last changes. */
const everythingIn = (folder: string): string =>
  execFileSync("find", [folder, "-printf", "%p %s %m %T@ %C@\\n"]).toString();

describe("delivering files to a host", () => {
  test.each([
    ["", "a folder has its path", () => mkdirSync(at("/b"))],
    [
      "/x",
      "a file has the path of its folder",
      () => writeFileSync(at("/b"), ""),
    ],
  ])("fails when%s %s, and changes nothing", async (below, _, prepare) => {
    await place.bring(here, [file("/a", "old")]);
    prepare();
    const error = await hostError(
      place.bring(here, [file("/a", "new"), file(`/b${below}`, "new")]),
    );
    expect(error).toMatchObject({ kind: "delivery", node: "cp-1" });
    expect(error.message).toContain(at(`/b${below}`));
    expect(error.message).toContain("None of its files was changed.");
    expect(place.tree()["/a"]).toBe("600 0:0 old");
    expect(readdirSync(place.root).sort()).toEqual(["a", "b", "var"]);
  });

  test("fails when the owner does not exist on the host, and changes nothing", async () => {
    const error = await hostError(
      place.bring(here, [
        file("/a", "a"),
        file("/b", "b", 0o600, "nobody-here:root"),
      ]),
    );
    expect(error.message).toContain("nobody-here");
    expect(error.message).toContain(at("/b"));
    expect(place.tree()).toEqual({});
  });

  test.each(["etc/passwd", "/a\nb", "/a/../b", "/a/", "//a", "/."])(
    "refuses the path %j",
    async (path) => {
      const error = await hostError(place.bring(here, [file(path, "")]));
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
        await place.bring(here, wanted(8_000));
        const before = place.tree();
        const error = await hostError(place.bring(here, wanted(160_000)));
        expect(error.kind).toBe("full-disk");
        expect(error.message).toContain("No space is left on cp-1: ");
        expect(place.tree()).toEqual(before);
        expect(await place.bring(here, wanted(8_002))).toBe(2);
      } finally {
        execFileSync("umount", [at(folder)]);
      }
    },
  );

  test("if the host dies at any step, each file is old or new, and after the next look all are old or all are new", async () => {
    const before = [file(KEY, "old"), file("/opt/left", "left")];
    const after = [file(KEY, "new", 0o644), file(MANIFEST, "added")];
    const keys = [at(KEY), at("/opt/left"), at(MANIFEST)];
    const programs = makeCountingPrograms(at("/programs"));
    const run = async (
      dieAt: number,
    ): Promise<{ steps: string[]; died: string[]; healed: string[] }> => {
      const folder = mkdtempSync(join(place.root, "run-"));
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
          const own = path.replace(place.root, folder);
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
      const left = Object.keys(place.tree(folder)).filter((path) =>
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
    const inRoot = { root: place.root };
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
    expect(Object.keys(place.tree()).sort()).toEqual(
      [...paths, "/known_hosts"].sort(),
    );
    await connections.close();
    await proxy.close();
  });

  test("continues without a connection once everything was received, and the next delivery waits for it", async () => {
    const connections = new Connections(at("/known_hosts"));
    const old = [file(KEY, "old"), file(MANIFEST, "old")];
    const wanted = [file(KEY, "new"), file(MANIFEST, "new")];
    await place.bring(here, old);
    const lock = at(`${STATE}/lock`);
    const holder = spawn("flock", [lock, "sh", "-c", "echo held; read -r _"]);
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    const others = sessionsOf(sshd.pid);
    const host = await connections.open(sshd.access());
    const paths = wanted.map(({ path }) => path);
    const delivery = hostError(
      deliver(
        host,
        { changed: wanted, removed: [], listed: paths },
        { root: place.root },
      ),
    );
    const waiters = (): number => waitingFor(lock);
    await until(
      () => waiters() === 1,
      "the delivery does not wait for the lock",
    );
    for (const pid of sessionsOf(sshd.pid))
      if (!others.includes(pid)) process.kill(pid, "SIGKILL");
    expect((await delivery).kind).toBe("lost");
    const next = place.bring(await connections.open(sshd.access()), wanted);
    await until(() => waiters() === 2, "the next delivery does not wait");
    holder.stdin.end();
    await next;
    await until(() => waiters() === 0, "a delivery is still waiting");
    expect(Object.values(place.tree(at("/etc")))).toEqual([
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
