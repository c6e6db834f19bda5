import { SYSTEM_CLOCK } from "../../lib/base/clock";
import { acquireLock } from "../../lib/store/lock";
import { systemProcesses } from "../../lib/base/processes";
import { nodeRequest } from "../agent/support/rollout";
import { freePort } from "../agent/hosts/support/sshd";
import { FILE, HostedStore } from "./support/hosted-store";
import { FakeHost } from "./support/fake-host";

const place = new HostedStore();
const hosts: FakeHost[] = [];
const [cp1, cp2] = [() => hosts[0], () => hosts[1]];

beforeAll(async () => {
  hosts.push(await FakeHost.start(), await FakeHost.start());
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.end()));
  place.end();
});

test("reports that all nodes are as they should be, and marks none", async () => {
  await place.keep({ "cp-1": cp1(), "cp-2": cp2() });
  const { status, stdout, stderr } = await place.cli("check");
  expect(stderr).toBe("");
  expect(stdout).toBe(
    [
      "clusters/demo (cluster demo, stack demo)",
      "",
      "  cp-1  as it should be",
      "  cp-2  as it should be",
      "",
      "All 2 nodes are as they should be.",
      "",
    ].join("\n"),
  );
  expect(status).toBe(0);
  expect(place.token("cp-1")).toBeUndefined();
});

test("names each difference and its host, marks the host, and says what to do", async () => {
  cp2().write(FILE, "edited");
  cp2().status = 500;
  const { status, stdout } = await place.cli("check clusters/demo");
  expect(stdout.split("\n").slice(2)).toEqual([
    "  cp-1  as it should be",
    `x cp-2  ${FILE} is not as it was delivered`,
    "        kube-scheduler is not healthy",
    "",
    "cp-2 differs: `cdktf-control-plane deploy` repairs it, and touches no other.",
    "",
  ]);
  expect(status).toBe(2);
  expect(place.token("cp-1")).toBeUndefined();
  expect(place.token("cp-2")).toMatch(/^[\da-f-]{36}$/);
  cp2().status = 200;
});

test("prints everything as JSON", async () => {
  cp2().remove(FILE);
  const { status, stdout } = await place.cli("check --json");
  const noDrift = {
    changed: [],
    missing: [],
    unlisted: [],
    unhealthy: [],
    outdated: [],
  };
  expect(JSON.parse(stdout)).toEqual({
    exitCode: 2,
    stores: [
      {
        store: "clusters/demo",
        stack: "demo",
        clusterName: "demo",
        retired: [],
        nodes: [
          { node: "cp-1", ...noDrift },
          { node: "cp-2", ...noDrift, missing: [FILE] },
        ],
      },
    ],
  });
  expect(status).toBe(2);
});

test("names a host that cannot be reached, with the reason, and does not mark it", async () => {
  const node = nodeRequest("cp-3", "10.0.0.3");
  const access = cp1().sshd.access({ port: await freePort() });
  await place.keep(
    { "cp-1": cp1() },
    {
      "cp-3": { ...node, access, tree: "delivered" },
      "cp-0": { ...node, access, retired: true },
    },
  );
  const { status, stdout } = await place.cli("check");
  const [, , retired, fine, ...rest] = stdout.split("\n");
  expect(retired).toBe("  cp-0  retired: its machine can be deleted");
  expect(fine).toBe("  cp-1  as it should be");
  expect(rest.join("\n").replace(/\n {8}/g, " ")).toMatch(
    /^! cp-3 {2}\(127\.0\.0\.1\) cannot be reached over SSH; waited 0 s\. ssh says: .* Connection refused Check that .*\n\ncp-3 could not be reached, so no repair is planned for it\.\n$/,
  );
  expect(status).toBe(1);
  expect(place.token("cp-3")).toBeUndefined();
});

describe("after a rollout that failed or was killed", () => {
  /** A node as the inventory has it before its rollout succeeds. */
  const begun = (name: string) => ({
    ...nodeRequest(name, "10.0.0.9"),
    access: cp1().sshd.access(),
    components: [cp1().component],
  });

  test("says that a cluster was never set up", async () => {
    await place.keep({}, { "cp-1": begun("cp-1"), "cp-2": begun("cp-2") });
    const { status, stdout } = await place.cli("check");
    expect(stdout.split("\n").slice(2)).toEqual([
      "! cp-1  never set up: no rollout has succeeded on its machine",
      "! cp-2  never set up: no rollout has succeeded on its machine",
      "",
      "cp-1 and cp-2 were never set up: `cdktf-control-plane deploy` continues with them.",
      "",
    ]);
    expect(status).toBe(1);
    expect(place.token("cp-1")).toBeUndefined();
  });

  test("says it of a node that was added, and compares the others", async () => {
    await place.keep({ "cp-1": cp1() }, { "cp-2": begun("cp-2") });
    const { status, stdout } = await place.cli("check");
    expect(stdout.split("\n").slice(2)).toEqual([
      "  cp-1  as it should be",
      "! cp-2  never set up: no rollout has succeeded on its machine",
      "",
      "cp-2 was never set up: `cdktf-control-plane deploy` continues with it.",
      "",
    ]);
    expect(status).toBe(1);
    const { stdout: json } = await place.cli("check --json");
    expect(JSON.parse(json)).toMatchObject({
      exitCode: 1,
      stores: [{ neverSetUp: ["cp-2"], nodes: [{ node: "cp-1" }] }],
    });
  });

  test("does not hide that another node differs", async () => {
    await place.keep({ "cp-1": cp1() }, { "cp-2": begun("cp-2") });
    cp1().write(FILE, "edited");
    const { status, stdout } = await place.cli("check");
    expect(stdout).toContain("cp-1 differs");
    expect(stdout).toContain("cp-2 was never set up");
    expect(status).toBe(2);
    cp1().write(FILE, "wanted");
  });

  test("forgets a retired node and a directory", async () => {
    await place.keep(
      {},
      {
        "cp-0": { ...begun("cp-0"), retired: true },
        "cp-1": nodeRequest("cp-1", "10.0.0.1"),
      },
    );
    const { status, stdout } = await place.cli("check");
    expect(stdout).toContain("cp-0  retired: its machine can be deleted");
    expect(stdout).not.toContain("never set up");
    expect(status).toBe(0);
  });
});

test("has nothing to compare if all nodes are directories", async () => {
  await place.keep({}, { "cp-1": nodeRequest("cp-1", "10.0.0.1") });
  const { status, stdout } = await place.cli("check");
  expect(stdout).toContain("None of its nodes has a host");
  expect(status).toBe(0);
});

test("does not wait for a run of Terraform that is using the hosts", async () => {
  await place.keep({ "cp-1": cp1() });
  const lock = await acquireLock(place.store.directory, {
    processes: systemProcesses(),
    clock: SYSTEM_CLOCK,
    shown: "clusters/demo",
    say: () => undefined,
  });
  const { status, stdout } = await place.cli("check");
  lock.release();
  expect(stdout).toContain("clusters/demo is in use by a run of Terraform");
  expect(status).toBe(1);
});

test("fails if the store does not exist", async () => {
  const { status, stderr } = await place.cli("check clusters/none");
  expect(status).toBe(1);
  expect(stderr).toContain("clusters/none is not a store");
});
