import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { sha256 } from "../../lib/base/files";
import { deliver, readHost } from "../../lib/agent/hosts/delivery";
import { placeBinaries, stageBinaries } from "../../lib/agent/hosts/binaries";
import type { Host, HostFile } from "../../lib/agent/hosts/host";
import { resetHost } from "../../lib/agent/rollout/reset-host";
import { runningOn } from "../../lib/agent/health/running";
import { setAside } from "../../lib/agent/rollout/set-aside";
import { giveEtcdData } from "../../lib/agent/rollout/takeover";
import type { NodeUnit } from "../../lib/agent/rollout/units";
import { NODE_STATE_DIR } from "../../lib/catalog/paths";
import { Connections } from "../agent/hosts/support/place";
import { Sshd, until } from "../agent/hosts/support/sshd";
import { localHost } from "../agent/hosts/support/stepped";
import { localHost as prefixed } from "../agent/preflight/local-host";
import { NODE } from "../agent/preflight/facts-of";
import { Attacker } from "./support/attacker";

/** Enough for a race that is won at all to be won. */
const RUNS = 25;
const SECRET = "only root may read this";

const attacker = Attacker.make();
afterAll(() => attacker.remove());

let sshd: Sshd;
let connections: Connections;
let root: string;
let before: string[];
/** What is root's alone, and what the links lead to. */
const outside = (): string => join(root, "outside");
const at = (path: string): string => join(root, path);
const here = localHost({ path: process.env.PATH ?? "" });

beforeAll(async () => {
  sshd = await Sshd.start();
  connections = new Connections(join(sshd.folder, "known_hosts"));
});

afterAll(async () => {
  await connections.close();
  await sshd.remove();
});

beforeEach(() => {
  root = mkdtempSync("/attack-");
  chmodSync(root, 0o755);
  mkdirSync(join(outside(), "conf"), { recursive: true, mode: 0o755 });
  writeFileSync(join(outside(), "target"), SECRET, { mode: 0o600 });
  writeFileSync(join(outside(), "conf/target"), SECRET, { mode: 0o600 });
  before = facts(outside());
  for (const path of ["/home/app", "/var/lib/etcd"]) attacker.folder(at(path));
});

afterEach(() => {
  attacker.stop();
  expect(facts(outside())).toEqual(before);
  rmSync(root, { recursive: true, force: true });
});

/** Of all that is there: where, whose, how, and what. */
function facts(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const { mode, uid, gid } = lstatSync(path);
      const content = lstatSync(path).isFile()
        ? readFileSync(path, "utf8")
        : "";
      return `${name} ${mode.toString(8)} ${uid}:${gid} ${content}`;
    });
}

const file = (path: string, content: string): HostFile => ({
  path,
  content: Buffer.from(content),
  mode: 0o644,
  // What a link would have given away.
  owner: `${attacker.name}:root`,
});

const bringing = (host: Host, path: string, content: string) =>
  deliver(
    host,
    { changed: [file(path, content)], removed: [], listed: [path] },
    { root },
  );

describe("a user who swaps links in a loop", () => {
  test("in his own folder gets no file by a delivery, also over SSH", async () => {
    attacker.file(at("/home/app/conf/target"), "his own");
    await attacker.swaps(
      { path: at("/home/app/conf/target"), target: join(outside(), "target") },
      { path: at("/home/app/conf"), target: outside() },
    );
    const remote = await connections.open(sshd.access());
    for (let run = 0; run < RUNS; run++)
      await expect(
        bringing(run % 5 ? here : remote, "/home/app/conf/target", `${run}`),
      ).rejects.toThrow(
        `${at("/home/app")} belongs to ${attacker.name}, on the way to ${at("/home/app/conf/target")}`,
      );
  });

  test.each([
    [0o777, "has mode 0777"],
    [0o1777, "has mode 1777"],
    [0o770, "has mode 0770"],
  ])(
    "in a folder of root's that lets him write gets no file by a delivery, mode %i",
    async (mode, said) => {
      mkdirSync(at("/srv/share"), { recursive: true });
      chmodSync(at("/srv/share"), mode);
      await attacker.swaps({ path: at("/srv/share/conf"), target: outside() });
      for (let run = 0; run < RUNS; run++)
        await expect(
          bringing(here, "/srv/share/conf/target", `${run}`),
        ).rejects.toThrow(`${at("/srv/share")} ${said}`);
    },
  );

  test("beside the folders of a node keeps no delivery from its place", async () => {
    await attacker.swaps(
      { path: at("/etc/kubernetes"), target: outside() },
      { path: at("/etc/kubernetes/pki/target"), target: outside() },
    );
    for (let run = 0; run < RUNS; run++) {
      await bringing(here, "/etc/kubernetes/pki/target", `run ${run}`);
      expect(readFileSync(at("/etc/kubernetes/pki/target"), "utf8")).toBe(
        `run ${run}`,
      );
    }
  });

  test("is told nothing of a file that only root may read", async () => {
    const path = "/home/app/conf/target";
    attacker.file(at(path), "his own");
    await attacker.swaps(
      { path: at(path), target: join(outside(), "target") },
      { path: at("/home/app/conf"), target: outside() },
    );
    for (let run = 0; run < RUNS; run++) {
      const state = await readHost(here, [path], { root, contents: [path] });
      expect(state.contents.size).toBe(0);
      expect(JSON.stringify([...state.files])).not.toContain(sha256(SECRET));
      expect(state.flaws).toContainEqual({
        path,
        problem: `${at("/home/app")} belongs to ${attacker.name}`,
        remedy: `Run: chown root: ${at("/home/app")}`,
      });
    }
  });

  test("has no file removed by what was delivered to his folder once", async () => {
    const path = "/opt/app/conf/target";
    await bringing(here, path, "delivered");
    for (const folder of ["/opt/app/conf", "/opt/app"])
      attacker.folder(at(folder));
    await attacker.swaps({ path: at("/opt/app/conf"), target: outside() });
    for (let run = 0; run < RUNS; run++)
      await deliver(
        here,
        { changed: [], removed: [path], listed: [] },
        { root },
      ).catch((error: Error) =>
        expect(error.message).toContain(`belongs to ${attacker.name}`),
      );
  });

  test("gets no binary by a rollout", async () => {
    const source = at("/etcd");
    writeFileSync(source, "#!/bin/sh\n");
    const path = "/home/app/conf/target";
    const binary = {
      path,
      source: { file: source, sha256: sha256("#!/bin/sh\n") },
    };
    attacker.file(at(path), "his own");
    await attacker.swaps({ path: at("/home/app/conf"), target: outside() });
    for (let run = 0; run < RUNS; run++) {
      await stageBinaries(here, [binary], { root });
      await expect(placeBinaries(here, [binary], { root })).rejects.toThrow(
        `${at("/home/app")} belongs to ${attacker.name}`,
      );
    }
  });

  test("does not lead the memory of a node elsewhere", async () => {
    const state = at(NODE_STATE_DIR);
    attacker.folder(dirname(state));
    attacker.file(join(state, "delivered"), join(outside(), "target"));
    await attacker.swaps({ path: state, target: outside() });
    for (let run = 0; run < RUNS; run++) {
      const delivery = bringing(here, "/etc/file", `${run}`);
      await expect(delivery).rejects.toThrow(
        new RegExp(`${dirname(state)} (belongs to ${attacker.name}|is a link)`),
      );
    }
    expect(existsSync(at("/etc/file"))).toBe(false);
  });
});

describe("etcd's user, in the folder of its data", () => {
  const data = (): string => at("/var/lib/etcd");

  beforeEach(() => attacker.file(join(data(), "member/snap/db"), "data"));

  test("does not have them moved elsewhere by a link with the next name", async () => {
    const now = Date.now();
    for (let second = -2; second < 60; second++) {
      const [date] = execFileSync("date", [
        "-d",
        `@${Math.floor(now / 1000) + second}`,
        "+%Y%m%dT%H%M%S",
      ])
        .toString()
        .split("\n");
      symlinkSync(outside(), join(data(), `member.${date}`));
    }
    await expect(setAside(here, data(), undefined, undefined)).rejects.toThrow(
      "etcd's data cannot be moved aside",
    );
    expect(existsSync(join(data(), "member/snap/db"))).toBe(true);
  });

  test("has them set aside in their own folder", async () => {
    const aside = await setAside(here, data(), undefined, undefined);
    expect(aside).toMatch(new RegExp(`^${data()}/member\\.\\d+T\\d+$`));
    expect(readFileSync(join(aside, "snap/db"), "utf8")).toBe("data");
  });

  test("fails when the folder itself is a link", async () => {
    symlinkSync(data(), at("/var/lib/linked"));
    await expect(
      setAside(here, at("/var/lib/linked"), undefined, undefined),
    ).rejects.toThrow(`${at("/var/lib/linked")} is a link to ${data()}`);
  });
});

describe("data that are given to etcd's user", () => {
  const unit: NodeUnit = {
    component: { name: "etcd", ports: [], timeout: 60 },
    name: "no-such.service",
    isOurs: true,
    read: [],
    binaries: [],
    own: [
      {
        ...file("/etc/systemd/system/no-such.service", ""),
        content: Buffer.from(`[Service]\nUser=${attacker.name}\n`),
      },
    ],
    stamp: `${NODE_STATE_DIR}/etcd`,
  };
  const data = (path = ""): string => at(join("/srv/etcd", path));

  beforeEach(() => {
    mkdirSync(data("member/wal"), { recursive: true });
    writeFileSync(data("member/wal/0.wal"), "data");
  });

  test("are his, and nothing that a link in them leads to", async () => {
    symlinkSync(outside(), data("member/link"));
    await giveEtcdData(here, data(), unit);
    for (const path of ["", "member/wal/0.wal", "member/link"])
      expect(lstatSync(data(path)).uid).toBe(attacker.uid);
    // What is his already is given to him once more after an end half way.
    chownSync(data("member"), 0, 0);
    await giveEtcdData(here, data(), unit);
    expect(lstatSync(data("member")).uid).toBe(attacker.uid);
  });

  test("fails when a file of root's has another name among them", async () => {
    linkSync(join(outside(), "target"), data("member/wal/1.wal"));
    await expect(giveEtcdData(here, data(), unit)).rejects.toThrow(
      `${data("member/wal/1.wal")} has another name elsewhere`,
    );
  });

  test("are his also where somebody else had them, who does not get in meanwhile", async () => {
    chownSync(data("member/wal"), 1, 1);
    chownSync(data("member"), 1, 1);
    await giveEtcdData(here, data(), unit);
    expect(lstatSync(data())).toMatchObject({
      uid: attacker.uid,
      mode: 0o40700,
    });
    expect(lstatSync(data("member/wal")).uid).toBe(attacker.uid);
  });
});

describe("a process that only bears the name of a component", () => {
  const etcd = (): string => at("/bin/etcd");
  const processes: ChildProcess[] = [];
  const starts = async (user: Partial<Attacker>): Promise<number> => {
    const { uid, gid } = user;
    const child = spawn(etcd(), ["1000"], { uid, gid, stdio: "ignore" });
    processes.push(child);
    await until(
      () => readFileSync(`/proc/${child.pid}/comm`, "utf8") === "etcd\n",
      "it did not start",
    );
    return child.pid!;
  };
  const ids = async (): Promise<string> => {
    const components = [{ name: "etcd", ports: [], timeout: 60 }];
    const { processes } = await runningOn(here, { name: "cp-1", components });
    return [...(processes.get("etcd") ?? [])].join();
  };

  beforeEach(() => {
    mkdirSync(at("/bin"));
    copyFileSync("/bin/sleep", etcd());
    chmodSync(etcd(), 0o755);
  });

  afterEach(() => processes.splice(0).forEach((child) => child.kill()));

  test("of a user's neither holds a rollout up nor counts as running", async () => {
    const his = await starts(attacker);
    mkdirSync(at("/data/member"), { recursive: true });
    await setAside(here, at("/data"), undefined, undefined);
    const own = await starts({});
    expect(await ids()).toMatch(new RegExp(`^${own} \\d+$`));
    expect(statSync(`/proc/${his}`).isDirectory()).toBe(true);
  });

  test("of root's that a user may start as well does not count", async () => {
    chmodSync(etcd(), 0o4755);
    await starts(attacker);
    await starts({});
    expect(await ids()).toBe("");
  });
});

describe("a host that is cleaned", () => {
  /** This machine without its own `/etc` and `/var/lib`. */
  const host = (delivered: string): Host =>
    prefixed("cp-1", {
      prefix: [
        "unshare",
        "--mount",
        "sh",
        "-c",
        `mount -t tmpfs -o mode=755 none /etc && mount -t tmpfs -o mode=755 none /var/lib && mkdir ${NODE_STATE_DIR} &&
         echo "$0" >${NODE_STATE_DIR}/delivered && exec "$@"`,
        delivered,
      ],
    });
  const node = { ...NODE, components: [] };

  test("loses no file that a user's link leads to", async () => {
    symlinkSync(outside(), at("/home/app/conf"));
    await expect(
      resetHost(host(at("/home/app/conf/target")), node, undefined),
    ).rejects.toThrow(
      // Nobody has a name there.
      `${at("/home/app")} belongs to the user ${attacker.uid}`,
    );
  });

  test("gives away no folder while the data of etcd's user are removed", async () => {
    const dataDir = at("/var/lib/etcd");
    for (let run = 0; run < 10; run++) {
      attacker.file(join(dataDir, "member/conf/0.wal"), "data");
      await attacker.swaps(
        { path: join(dataDir, "member/conf"), target: outside() },
        { path: join(dataDir, "member"), target: outside() },
      );
      await resetHost(host("/etc/none"), node, { dataDir, data: "removed" });
      attacker.stop();
      attacker.run("sh", ["-c", 'rm -rf "$1"/*', "sh", dataDir]);
      expect(statSync(dataDir).uid).toBe(attacker.uid);
    }
  });
});
