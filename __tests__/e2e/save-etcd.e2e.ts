import {
  type ChildProcess,
  execFile,
  execFileSync,
  spawn,
} from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { ETCD_BACKUP_DEFAULTS } from "../../lib/catalog/etcd-backup";
import { binariesOf, KUBERNETES } from "./binaries";
import { say, until } from "./say";
import { step } from "./steps";

const SCRIPT = resolve("lib/constructs/node/save-etcd.sh");
const MEMBERS = ["a", "b", "c"] as const;
type Member = (typeof MEMBERS)[number];

/** Runs the script against an etcd of three processes. Each has a directory for the snapshots, as if on its own host. */
describe("the script that saves etcd on its hosts", () => {
  const directory = mkdtempSync(join(tmpdir(), "save-etcd-"));
  const path = `${binariesOf(KUBERNETES, say)}:${process.env.PATH}`;
  const log = openSync(join(directory, "etcd.log"), "w");
  const processes = new Map<Member, ChildProcess>();
  const urls = new Map<Member, string>();

  beforeAll(async () => {
    const ports = await freePorts(2 * MEMBERS.length);
    const url = (port: number): string => `http://127.0.0.1:${port}`;
    MEMBERS.forEach((name, i) => urls.set(name, url(ports[i])));
    const peers = ports.slice(MEMBERS.length).map(url);
    const cluster = MEMBERS.map((name, i) => `${name}=${peers[i]}`).join(",");
    MEMBERS.forEach((name, i) => {
      const own = urls.get(name)!;
      const etcd = spawn(
        "etcd",
        [
          `--name=${name}`,
          `--data-dir=${dataOf(name)}`,
          `--listen-client-urls=${own}`,
          `--advertise-client-urls=${own}`,
          `--listen-peer-urls=${peers[i]}`,
          `--initial-advertise-peer-urls=${peers[i]}`,
          `--initial-cluster=${cluster}`,
        ],
        { env: { ...process.env, PATH: path }, stdio: ["ignore", log, log] },
      );
      processes.set(name, etcd);
    });
    await until("all members are healthy", 60, async () => {
      await run("etcdctl", "endpoint", "health", `--endpoints=${all()}`);
      return true;
    });
  });

  afterAll(async () => {
    for (const name of processes.keys()) await end(name);
    closeSync(log);
    rmSync(directory, { recursive: true, force: true });
  });

  const dataOf = (name: Member): string => join(directory, `data-${name}`);
  const savedBy = (name: Member): string => join(directory, `saved-${name}`);
  const snapshotsOf = (folder: string): string[] =>
    readdirSync(folder).filter((each) => each.endsWith(".db"));
  const all = (): string => [...urls.values()].join(",");
  const run = (program: string, ...args: readonly string[]) =>
    promisify(execFile)(program, args, {
      env: { ...process.env, PATH: path },
    });

  async function end(name: Member): Promise<void> {
    const etcd = processes.get(name);
    processes.delete(name);
    if (!etcd) return;
    const ended = once(etcd, "exit");
    etcd.kill("SIGKILL");
    await ended;
  }

  interface Options {
    readonly shell?: readonly string[];
    readonly folder?: string;
    readonly keep?: number;
    readonly socket?: string;
  }

  /** What one host says, when its timer has come. */
  async function save(
    name: Member,
    {
      shell = ["sh"],
      folder = savedBy(name),
      keep = ETCD_BACKUP_DEFAULTS.keep,
      socket = "-",
    }: Options = {},
  ): Promise<{ said: string; failed: boolean }> {
    const [program, ...words] = shell;
    const patience = "0";
    const args = ["prod", folder, String(keep), dataOf(name), patience, socket];
    const etcdctl = ["etcdctl", `--endpoints=${urls.get(name)!}`];
    try {
      const { stdout } = await run(
        program,
        ...words,
        SCRIPT,
        ...args,
        ...etcdctl,
      );
      return { said: stdout, failed: false };
    } catch (error) {
      return { said: (error as { stderr: string }).stderr, failed: true };
    }
  }

  /** Who acts if the timers of all these members come at once. */
  async function turn(
    names: readonly Member[],
    options: Options = {},
  ): Promise<Member[]> {
    const results = await Promise.all(names.map((name) => save(name, options)));
    expect(results.filter(({ failed }) => failed)).toEqual([]);
    return names.filter((_, i) => results[i].said.startsWith("saved etcd in"));
  }

  /** The members by role, as etcd itself says. */
  async function roles(): Promise<{ leader: Member; followers: Member[] }> {
    const living = [...processes.keys()];
    const { stdout } = await run(
      "etcdctl",
      "endpoint",
      "status",
      `--endpoints=${living.map((name) => urls.get(name)!).join(",")}`,
      "--write-out=json",
    );
    const said = JSON.parse(stdout) as {
      Status: { header: { member_id: number }; leader: number };
    }[];
    const leads = said.map(
      ({ Status }) => Status.header.member_id === Status.leader,
    );
    return {
      leader: living[leads.indexOf(true)],
      followers: living.filter((_, i) => !leads[i]),
    };
  }

  let acting: Member;

  step("lets one follower act, and the others end quietly", async () => {
    const [first, ...more] = await turn(MEMBERS);
    expect(more).toEqual([]);
    expect((await roles()).followers).toContain(first);
    acting = first;
  });

  step("writes a whole snapshot that only root reads", async () => {
    const [name, ...more] = snapshotsOf(savedBy(acting));
    expect(more).toEqual([]);
    expect(name).toMatch(/^prod-\d{8}T\d{6}Z\.db$/);
    const file = join(savedBy(acting), name);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(savedBy(acting)).mode & 0o777).toBe(0o700);
    execFileSync("sha256sum", ["--check", "--status", `${name}.sha256`], {
      cwd: savedBy(acting),
    });
    const { stdout } = await run(
      "etcdutl",
      "snapshot",
      "status",
      file,
      "--write-out=json",
    );
    expect(JSON.parse(stdout)).toMatchObject({
      totalKey: expect.any(Number) as number,
    });
    expect(readdirSync(savedBy(acting)).sort()).toEqual([
      name,
      `${name}.sha256`,
    ]);
  });

  step("chooses the same member again, under each shell", async () => {
    for (const shell of [["dash"], ["bash", "--posix"], ["busybox", "sh"]])
      expect(await turn(MEMBERS, { shell })).toEqual([acting]);
  });

  step("keeps as many snapshots as it should, and no other file", async () => {
    const folder = join(directory, "kept");
    mkdirSync(folder);
    const old = ["20260101", "20260102", "20260103"].map(
      (day) => `prod-${day}T030000Z.db`,
    );
    const others = ["prod-eu-20200101T030000Z.db", "prod-notes.db"];
    for (const name of [
      ...old,
      ...old.map((each) => `${each}.sha256`),
      ...others,
    ])
      writeFileSync(join(folder, name), "");
    // A run that was killed left this.
    writeFileSync(join(folder, ".prod-20260104T030000Z.db.part"), "");
    await save(acting, { folder, keep: 2 });
    expect(snapshotsOf(folder)).toEqual([
      old[2],
      expect.stringMatching(/^prod-(?!2026010)\d{8}T\d{6}Z\.db$/),
      ...others,
    ]);
    expect(readdirSync(folder)).not.toContain(`${old[0]}.sha256`);
    expect(readdirSync(folder).join()).not.toContain(".part");
  });

  step("fails when the directory is full, and writes nothing", async () => {
    const folder = join(directory, "full");
    mkdirSync(folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", folder]);
    try {
      expect(await save(acting, { folder })).toEqual({
        failed: true,
        said: expect.stringMatching(
          /^etcd was not saved: \S+\/full has only 0 MiB of free space, and a snapshot needs \d+ MiB, twice the size of etcd's database\n$/,
        ) as string,
      });
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      execFileSync("umount", [folder]);
    }
  });

  step("fails when the directory cannot be made", async () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    expect(await save(acting, { folder: join(file, "saved") })).toEqual({
      failed: true,
      said: expect.stringMatching(
        /file\/saved cannot be made: .+\n$/,
      ) as string,
    });
  });

  step("saves through the container of etcd", async () => {
    const bin = join(directory, "bin");
    mkdirSync(bin);
    // It runs on this host what crictl would run in the container.
    writeFileSync(
      join(bin, "crictl"),
      '#!/bin/sh\ncase $2 in\n  ps) echo 4a5b ;;\n  exec) shift 3 && exec "$@" ;;\nesac\n',
    );
    chmodSync(join(bin, "crictl"), 0o755);
    const folder = join(directory, "from-container");
    const shell = ["env", `PATH=${bin}:${path}`, "sh"];
    const socket = "unix:///run/containerd/containerd.sock";
    const { said } = await save(acting, { folder, shell, socket });
    expect(said).toContain(`saved etcd in ${folder}/prod-`);
    expect(snapshotsOf(folder)).toHaveLength(1);
    expect(readdirSync(dataOf(acting))).toEqual(["member"]);
  });

  step("lets another follower act when the first one is down", async () => {
    await end(acting);
    expect(await save(acting)).toEqual({
      failed: true,
      said: expect.stringContaining("does not answer") as string,
    });
    const { followers } = await roles();
    expect(await turn([...processes.keys()])).toEqual(followers);
  });

  step("fails when etcd has no leader", async () => {
    const { leader, followers } = await roles();
    await end(leader);
    const { said } = await save(followers[0]);
    expect(said).toMatch(/^etcd was not saved: (?:etcd has no leader|the mem)/);
  });
});

/** Ports on which nothing listens. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () =>
    createServer().listen(0, "127.0.0.1"),
  );
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
