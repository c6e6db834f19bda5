import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { hostname, machine, networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { SYSTEM_CLOCK } from "../../../lib/base/clock";
import { parseAddress } from "../../../lib/catalog/addresses";
import { readFacts, type HostFacts } from "../../../lib/agent/hosts/facts";
import { localHost, unshared } from "./local-host";

const CRI_SOCKET = "unix:///run/containerd/containerd.sock";
// Not in the temporary folder: root must not run programs in a folder where everybody can create files.
const folder = mkdtempSync("/facts-");
chmodSync(folder, 0o755);
const dataDir = join(folder, "etcd 'data'");
const busybox = join(folder, "busybox");
let server: Server;
let port: number;

beforeAll(async () => {
  mkdirSync(join(dataDir, "member"), { recursive: true });
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const program = (name: string, text: string): void => {
  const path = join(folder, "bin", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
};
const withPrograms = () => ({
  env: { PATH: `${join(folder, "bin")}:${process.env.PATH}` },
});
const read = (host = localHost()): Promise<HostFacts> =>
  readFacts(host, {
    criSocket: CRI_SOCKET,
    etcdDataDir: dataDir,
    kubelet: join(folder, "unit/kubelet"),
    now: SYSTEM_CLOCK.now,
  });

function busyboxOnly(): NodeJS.ProcessEnv {
  mkdirSync(busybox, { recursive: true });
  spawnSync("busybox", ["--install", "-s", busybox]);
  return { PATH: `${busybox}:${process.env.PATH}` };
}

describe.each([
  ["this machine's sh", () => ({})],
  ["busybox", busyboxOnly],
])("with %s", (_, env) => {
  let facts: HostFacts;
  beforeAll(async () => {
    facts = await read(localHost("cp-1", { env: env() }));
  });

  test("reads the architecture, the clock and the machine id", () => {
    expect(facts.architecture).toBe(machine());
    expect(Math.abs(facts.clockOffset)).toBeLessThanOrEqual(1);
    const id = readFileSync("/etc/machine-id", "utf8").trim();
    expect(facts.machineId).toBe(id || undefined);
  });

  test("reads the file systems, one row for each", () => {
    const paths = facts.fileSystems.flatMap((each) => each.paths);
    expect([...paths].sort()).toEqual(
      [
        "/etc",
        "/var/lib/containerd",
        "/var/lib/kubelet",
        "/var/log",
        dataDir,
      ].sort(),
    );
    const etc = facts.fileSystems.find((each) => each.paths.includes("/etc"))!;
    const { bavail, bsize } = statfsSync("/etc");
    // Approximately, because other programs write at the same time.
    expect(etc.freeBytes / (bavail * bsize)).toBeCloseTo(1, 1);
  });

  test("reads the listeners with their processes", () => {
    const name = readFileSync("/proc/self/comm", "utf8").trim();
    expect(facts.listeners).toContainEqual({
      port,
      process: { pid: process.pid, name },
    });
  });

  test("reads the addresses", () => {
    const wanted = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .map(({ address }) => parseAddress(address)?.value);
    const found = facts.addresses?.map((each) => parseAddress(each)?.value);
    expect(found).toEqual(expect.arrayContaining(wanted));
  });

  test("recognises the data of an etcd member", () =>
    expect(facts.etcdMember).toBe(true));
});

test("nothing is found if nothing exists", async () => {
  const facts = await readFacts(localHost(), {
    criSocket: `unix://${folder}/none.sock`,
    now: SYSTEM_CLOCK.now,
  });
  expect(facts.etcdMember).toBe(false);
  expect(facts.runtime.socket).toBe(false);
  expect(facts.images).toBeUndefined();
});

test("the difference of the clocks is measured, however long the answer takes", async () => {
  const ahead = 7_200_000;
  const { clockOffset } = await readFacts(localHost(), {
    criSocket: CRI_SOCKET,
    now: () => SYSTEM_CLOCK.now() + ahead,
  });
  expect(clockOffset).toBeGreaterThanOrEqual(-7201);
  expect(clockOffset).toBeLessThanOrEqual(-7199);
});

test.each([
  ["echo Kubernetes v1.36.3", { version: "v1.36.3" }],
  [
    "echo warning >&2; echo Kubernetes v1.37.0-rc.1",
    { version: "v1.37.0-rc.1" },
  ],
  ["echo 'cannot execute' >&2; exit 126", { failure: "cannot execute" }],
  ["", { failure: "nothing" }],
])("kubelet is examined if its program is %j", async (text, wanted) => {
  program("kubelet", text);
  const { kubelet } = await read(localHost("cp-1", withPrograms()));
  expect(kubelet).toMatchObject({
    path: join(folder, "bin/kubelet"),
    version: undefined,
    failure: undefined,
    ...wanted,
  });
});

test.each([
  ["the program", "bin/kubelet", 0o757, "has mode 0757"],
  ["its folder", "bin", 0o1777, "has mode 1777"],
])(
  "kubelet is not run if others can write to %s",
  async (_, path, mode, problem) => {
    const trace = join(folder, "trace");
    program("kubelet", `echo >${trace}; echo Kubernetes v1.36.3`);
    chmodSync(join(folder, path), mode);
    const { kubelet } = await read(localHost("cp-1", withPrograms()));
    chmodSync(join(folder, path), 0o755);
    expect(existsSync(trace)).toBe(false);
    expect(kubelet).toMatchObject({
      path: join(folder, "bin/kubelet"),
      version: undefined,
      failure: undefined,
      flaw: {
        path: join(folder, "bin/kubelet"),
        problem: `${join(folder, path)} ${problem}`,
        remedy: `Run: chmod go-w ${join(folder, path)}`,
      },
    });
  },
);

test("kubelet is run through a link if both belong to root", async () => {
  program("../opt/kubelet", "echo Kubernetes v1.36.3");
  rmSync(join(folder, "bin/kubelet"));
  symlinkSync("../opt/kubelet", join(folder, "bin/kubelet"));
  const { kubelet } = await read(localHost("cp-1", withPrograms()));
  expect(kubelet).toMatchObject({ version: "v1.36.3" });
  rmSync(join(folder, "bin/kubelet"));
});

test("CNI plugins are listed, without files that are not executable", async () => {
  program("../cni/bridge", "");
  program("../cni/.cache", "");
  writeFileSync(join(folder, "cni/README.md"), "");
  mkdirSync(join(folder, "cni/folder"));
  const { cniPlugins } = await readFacts(localHost(), {
    criSocket: CRI_SOCKET,
    cniPlugins: join(folder, "cni"),
    now: SYSTEM_CLOCK.now,
  });
  expect(cniPlugins).toEqual(["bridge"]);
});

// The output of systemctl was recorded. A folder in a private /run makes the script believe that systemd runs.
test("kubelet's unit and the program that it starts are examined", async () => {
  program("kubelet", "echo Kubernetes v1.35.0");
  program("../unit/kubelet", "echo Kubernetes v1.36.3");
  program(
    "systemctl",
    `cat <<'END'
LoadState=loaded
ActiveState=activating
UnitFileState=enabled
END`,
  );
  const prefix = unshared(
    'mount -t tmpfs none /run && mkdir -p /run/systemd/system && exec "$@"',
  );
  const host = localHost("cp-1", { ...withPrograms(), prefix });
  const { systemd, kubelet } = await read(host);
  expect(systemd).toBe(true);
  expect(kubelet).toEqual({
    unit: "loaded",
    enabled: true,
    active: false,
    path: join(folder, "unit/kubelet"),
    version: "v1.36.3",
    failure: undefined,
  });
});

test("the greeting of a login shell is ignored", async () => {
  const host = localHost();
  const facts = await read({
    ...host,
    run: (script, options) =>
      host.run(`echo "Welcome to ${hostname()}!"; echo; ${script}`, options),
  });
  expect(facts.architecture).toBe(machine());
});

test("fails when the host runs no scripts", async () => {
  const host = localHost("cp-1", {
    prefix: ["sh", "-c", "echo This account is not available. >&2; exit 1"],
  });
  await expect(read(host)).rejects.toThrow(
    "cp-1 did not run a shell script to its end (exit code 1): This account is not available.",
  );
});
