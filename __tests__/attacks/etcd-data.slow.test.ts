import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { runningOn } from "../../lib/agent/health/running";
import type { Host } from "../../lib/agent/hosts/host";
import { resetHost } from "../../lib/agent/rollout/reset-host";
import { setAside } from "../../lib/agent/rollout/set-aside";
import { giveEtcdData } from "../../lib/agent/rollout/takeover";
import type { NodeUnit } from "../../lib/agent/rollout/units";
import { NODE_STATE_DIR } from "../../lib/catalog/paths";
import { until } from "../agent/hosts/support/sshd";
import { NODE } from "../agent/preflight/facts-of";
import { localHost as prefixed } from "../agent/preflight/local-host";
import { AttackedPlace, here } from "./support/attacked-place";
import type { Attacker } from "./support/attacker";

const place = AttackedPlace.inEachTest();
const { attacker, at, outside } = place;

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
        ...place.file("/etc/systemd/system/no-such.service", ""),
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
