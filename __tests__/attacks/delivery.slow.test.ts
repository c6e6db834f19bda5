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

/** Attempts: enough to win a race that can be won. */
const RUNS = 25;
const SECRET = "only root may read this";

const attacker = Attacker.make();
afterAll(() => attacker.remove());

let sshd: Sshd;
let connections: Connections;
let root: string;
let before: string[];
/** A folder that only root may change, to which the attacker's links lead. */
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

/** The path, mode, owner and content of everything in a folder. */
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
  // If a link were followed, its target would be given to the attacker.
  owner: `${attacker.name}:root`,
});

const delivery = (host: Host, path: string, content: string) =>
  deliver(
    host,
    { changed: [file(path, content)], removed: [], listed: [path] },
    { root },
  );

describe("a user who swaps links in a loop", () => {
  test("in an own folder cannot redirect a delivery, even over SSH", async () => {
    attacker.file(at("/home/app/conf/target"), "his own");
    await attacker.swaps(
      { path: at("/home/app/conf/target"), target: join(outside(), "target") },
      { path: at("/home/app/conf"), target: outside() },
    );
    const remote = await connections.open(sshd.access());
    for (let run = 0; run < RUNS; run++)
      await expect(
        delivery(run % 5 ? here : remote, "/home/app/conf/target", `${run}`),
      ).rejects.toThrow(
        `${at("/home/app")} belongs to ${attacker.name}, on the way to ${at("/home/app/conf/target")}`,
      );
  });

  test.each([
    [0o777, "has mode 0777"],
    [0o1777, "has mode 1777"],
    [0o770, "has mode 0770"],
  ])(
    "in a writable folder of root's cannot redirect a delivery, mode %i",
    async (mode, problem) => {
      mkdirSync(at("/srv/share"), { recursive: true });
      chmodSync(at("/srv/share"), mode);
      await attacker.swaps({ path: at("/srv/share/conf"), target: outside() });
      for (let run = 0; run < RUNS; run++)
        await expect(
          delivery(here, "/srv/share/conf/target", `${run}`),
        ).rejects.toThrow(`${at("/srv/share")} ${problem}`);
    },
  );

  test("without write access to the node's folders does not disturb a delivery", async () => {
    await attacker.swaps(
      { path: at("/etc/kubernetes"), target: outside() },
      { path: at("/etc/kubernetes/pki/target"), target: outside() },
    );
    for (let run = 0; run < RUNS; run++) {
      await delivery(here, "/etc/kubernetes/pki/target", `run ${run}`);
      expect(readFileSync(at("/etc/kubernetes/pki/target"), "utf8")).toBe(
        `run ${run}`,
      );
    }
  });

  test("learns nothing about a file that only root may read", async () => {
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

  test("cannot redirect the removal of a file that was delivered to an own folder before", async () => {
    const path = "/opt/app/conf/target";
    await delivery(here, path, "delivered");
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

  test("cannot redirect a binary", async () => {
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

  test("cannot redirect the state folder of a node", async () => {
    const state = at(NODE_STATE_DIR);
    attacker.folder(dirname(state));
    attacker.file(join(state, "delivered"), join(outside(), "target"));
    await attacker.swaps({ path: state, target: outside() });
    for (let run = 0; run < RUNS; run++) {
      await expect(delivery(here, "/etc/file", `${run}`)).rejects.toThrow(
        new RegExp(`${dirname(state)} (belongs to ${attacker.name}|is a link)`),
      );
    }
    expect(existsSync(at("/etc/file"))).toBe(false);
  });
});

describe("etcd's user, in the folder of its data", () => {
  const data = (): string => at("/var/lib/etcd");

  beforeEach(() => attacker.file(join(data(), "member/snap/db"), "data"));

  test("cannot redirect the data with a link at the next name", async () => {
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

  test("finds the data set aside in the same folder", async () => {
    const aside = await setAside(here, data(), undefined, undefined);
    expect(aside).toMatch(new RegExp(`^${data()}/member\\.\\d+T\\d+$`));
    expect(readFileSync(join(aside, "snap/db"), "utf8")).toBe("data");
  });

  test("is refused if the folder itself is a link", async () => {
    symlinkSync(data(), at("/var/lib/linked"));
    await expect(
      setAside(here, at("/var/lib/linked"), undefined, undefined),
    ).rejects.toThrow(`${at("/var/lib/linked")} is a link to ${data()}`);
  });
});

describe("giving etcd's data to another user", () => {
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

  test("changes the owner of the data, but not of a link's target", async () => {
    symlinkSync(outside(), data("member/link"));
    await giveEtcdData(here, data(), unit);
    for (const path of ["", "member/wal/0.wal", "member/link"])
      expect(lstatSync(data(path)).uid).toBe(attacker.uid);
    // After an interruption, everything is given to the user again.
    chownSync(data("member"), 0, 0);
    await giveEtcdData(here, data(), unit);
    expect(lstatSync(data("member")).uid).toBe(attacker.uid);
  });

  test("fails when the data contain a hard link to a file of root's", async () => {
    linkSync(join(outside(), "target"), data("member/wal/1.wal"));
    await expect(giveEtcdData(here, data(), unit)).rejects.toThrow(
      `${data("member/wal/1.wal")} has another hard link elsewhere`,
    );
  });

  test("changes the owner even if the data belong to a third user, who cannot enter meanwhile", async () => {
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

describe("a process that only has the name of a component", () => {
  const etcd = (): string => at("/bin/etcd");
  const processes: ChildProcess[] = [];
  const start = async (user: Partial<Attacker>): Promise<number> => {
    const { uid, gid } = user;
    const child = spawn(etcd(), ["1000"], { uid, gid, stdio: "ignore" });
    processes.push(child);
    await until(
      () => readFileSync(`/proc/${child.pid}/comm`, "utf8") === "etcd\n",
      "the process did not start",
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

  test("and belongs to a user neither delays a rollout nor counts as running", async () => {
    const foreign = await start(attacker);
    mkdirSync(at("/data/member"), { recursive: true });
    await setAside(here, at("/data"), undefined, undefined);
    const own = await start({});
    expect(await ids()).toMatch(new RegExp(`^${own} \\d+$`));
    expect(statSync(`/proc/${foreign}`).isDirectory()).toBe(true);
  });

  test("and runs a setuid program, which a user may start, does not count", async () => {
    chmodSync(etcd(), 0o4755);
    await start(attacker);
    await start({});
    expect(await ids()).toBe("");
  });
});

describe("cleaning a host", () => {
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

  test("does not remove the target of a user's link", async () => {
    symlinkSync(outside(), at("/home/app/conf"));
    await expect(
      resetHost(host(at("/home/app/conf/target")), node, undefined),
    ).rejects.toThrow(
      // Without /etc/passwd, users have no names.
      `${at("/home/app")} belongs to the user ${attacker.uid}`,
    );
  });

  test("does not give away a folder while it removes etcd's data", async () => {
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
