import { SYSTEM_CLOCK } from "../../lib/base/clock";
import { acquireLock } from "../../lib/store/lock";
import { systemProcesses } from "../../lib/base/processes";
import { nodeRequest } from "../agent/support/rollout";
import { freePort } from "../agent/hosts/support/sshd";
import { FILE, HostedStore } from "./support/hosted-store";
import { ShamHost } from "./support/sham-host";

const place = new HostedStore();
const hosts: ShamHost[] = [];
const [cp1, cp2] = [() => hosts[0], () => hosts[1]];

beforeAll(async () => {
  hosts.push(await ShamHost.start(), await ShamHost.start());
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.end()));
  place.end();
});

test("says of each node that it is as it should be, and marks none", async () => {
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

test("names what differs on which host, marks it, and says what to do", async () => {
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

test("tells a program all of it", async () => {
  cp2().remove(FILE);
  const { status, stdout } = await place.cli("check --json");
  const well = {
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
          { node: "cp-1", ...well },
          { node: "cp-2", ...well, missing: [FILE] },
        ],
      },
    ],
  });
  expect(status).toBe(2);
});

test("names a host that is not reached with the reason, and does not mark it", async () => {
  const node = nodeRequest("cp-3", "10.0.0.3");
  const access = cp1().sshd.access({ port: await freePort() });
  await place.keep(
    { "cp-1": cp1() },
    {
      "cp-3": { ...node, access, tree: "brought" },
      "cp-0": { ...node, access, retired: true },
    },
  );
  const { status, stdout } = await place.cli("check");
  const [, , retired, fine, ...rest] = stdout.split("\n");
  expect(retired).toBe("  cp-0  retired: its machine can go");
  expect(fine).toBe("  cp-1  as it should be");
  expect(rest.join("\n").replace(/\n {8}/g, " ")).toMatch(
    /^! cp-3 {2}\(127\.0\.0\.1\) cannot be reached over SSH; waited 0 s\. ssh says: .* Connection refused Check that .*\n\ncp-3 could not be looked at: nothing is planned for it\.\n$/,
  );
  expect(status).toBe(1);
  expect(place.token("cp-3")).toBeUndefined();
});

test("has nothing to compare where files stay in a directory", async () => {
  await place.keep({}, { "cp-1": nodeRequest("cp-1", "10.0.0.1") });
  const { status, stdout } = await place.cli("check");
  expect(stdout).toContain("None of its nodes is on a host");
  expect(status).toBe(0);
});

test("does not wait for a run of Terraform that works on the hosts", async () => {
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

test("fails where there is no such store", async () => {
  const { status, stderr } = await place.cli("check clusters/none");
  expect(status).toBe(1);
  expect(stderr).toContain("clusters/none is no store");
});
