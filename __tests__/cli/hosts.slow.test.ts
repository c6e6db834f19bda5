import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { program, Project } from "./support/project";
import { FakeHost } from "./support/fake-host";
import { TERRAFORM_NAME } from "../support/requirements";

const project = new Project("");
let host: FakeHost;
beforeAll(async () => {
  host = await FakeHost.start();
});
afterAll(async () => {
  await host.end();
  project.end();
});

/** One node of the control plane, and a worker whose address is known only at apply. */
const cluster = () =>
  program(`
const machine = new TerraformResource(stack, "machine", { terraformResourceType: "terraform_data" });
machine.addOverride("input", "127.0.0.1");
const ssh = (host: string) => NodeAccess.ssh({
  host, port: ${host.sshd.port}, identityFile: ${JSON.stringify(host.sshd.identityFile)}, connectTimeout: Duration.parse("1s"),
});
const controlPlane = new ControlPlane(stack, "test", {
  clusterName: "test",
  kubernetesVersion: "1.36.3",
  endpoint: "api.example.org:6443",
  etcd: Etcd.stacked({ image: { tag: "3.6.14-0" } }),
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  nodes: [{ name: "cp-1", address: "10.0.0.1", access: ssh("127.0.0.1") }],
});
controlPlane.addWorkers("pool", {
  nodes: [{ name: "w-1", address: "10.0.0.2", access: ssh(machine.getStringAttribute("output")) }],
});
`);

const ROLLOUT = "terraform_data.test_rollout_846763AF";

test("previews what would be done on the hosts, and makes nothing", async () => {
  project.write("main.ts", cluster());
  const { exitCode, stdout, stderr } = await project.run("preview");
  expect([exitCode, stderr]).toEqual([2, ""]);
  expect(stdout).toMatch(
    /^test: 1 step on the hosts\n {2}1\. cp-1: check the hosts, .*\n[^]* {2}Then the rollout would stop:\n {4}\d problems prevent the rollout/,
  );
  expect(stdout).toContain(
    [
      "test pool: 3 steps on the hosts",
      "  w-1: its host is known only at apply; the preview assumes an empty machine",
      "  1. w-1: check the hosts,",
    ].join("\n"),
  );
  expect(stdout).toMatch(
    /2\. w-1: join .*\n {7}\d+ files\n {7}starts kubelet\n/,
  );
  expect(existsSync(project.path("clusters"))).toBe(false);
});

test("prints the preview as JSON", async () => {
  const { exitCode, stdout } = await project.run("preview --json");
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    exitCode: 2,
    stacks: [
      {
        stack: "stack",
        failures: [],
        rollouts: [
          { title: "test", refusal: expect.stringContaining("systemd") },
          {
            title: "test pool",
            unseen: [{ node: "w-1", isNew: true }],
            steps: [
              { kind: "prepare", nodes: ["w-1"] },
              { kind: "join", nodes: ["w-1"] },
              { kind: "confirm", nodes: ["w-1"] },
            ],
          },
        ],
      },
    ],
  });
});

test("names the nodes to set up, and what stands in the way", async () => {
  project.write("main.ts", cluster());
  const { exitCode, stdout, stderr } = await project.run("deploy");
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^stack: \d+ files to make; 1 other resource to make; 2 nodes to set up: cp-1, w-1\n/,
  );
  expect(stderr).toMatch(
    /^Error: test: .* the rollout, so it has not begun: no node was changed\.\n- cp-1: It does not run systemd/,
  );
  // The problems are in the preview and in the error, but not in the progress.
  const [, progress] = stdout.split("terraform_data.machine: made");
  expect(progress).not.toContain("stand in the way");
});

test("continues with what was not finished, without a check before", async () => {
  const { stdout } = await project.run("deploy");
  expect(stdout).toMatch(/^stack: 1 node to set up: w-1; to finish: test\n/);
});

test("finds differences on hosts before it plans, so that the plan repairs them", async () => {
  execFileSync(TERRAFORM_NAME, ["untaint", ROLLOUT], {
    cwd: project.path("cdktf.out/stacks/stack"),
    env: { ...process.env, TF_CLI_CONFIG_FILE: undefined },
  });
  // As if the rollout had succeeded.
  const path = "clusters/test/inventory.json";
  const inventory = JSON.parse(readFileSync(project.path(path), "utf8"));
  inventory.nodes["cp-1"].tree = "delivered";
  project.write(path, JSON.stringify(inventory));
  const { stdout } = await project.run("deploy");
  const lines = stdout.split("\n");
  expect(lines.slice(0, 8)).toEqual([
    "clusters/test: 1 file mode corrected: other users could read or change the store",
    "clusters/test: some hosts are not as they should be",
    "  cp-1: /etc/kubernetes/admin.conf is missing",
    "  cp-1: /etc/kubernetes/controller-manager.conf is missing",
    "  cp-1: /etc/kubernetes/kubelet.conf is missing",
    expect.stringMatching(/^ {2}cp-1: \d+ more files are missing$/),
    "  cp-1: etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kubelet are not healthy",
    "stack: 1 node to repair: cp-1; 1 node to set up: w-1",
  ]);
});

describe("a destroy whose host cannot be reached", () => {
  const INVENTORY = "clusters/test/inventory.json";

  test("fails, says what to do, and keeps what it needs to try again", async () => {
    await host.sshd.stop();
    const { exitCode, stdout, stderr } = await project.run("destroy");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^stack: clusters\/test to remove, with everything it runs on 1 host; the keys of its certificate authorities stay; 1 resource to destroy\n {2}- terraform_data\.machine\n/,
    );
    expect(stderr).toMatch(
      /^Error: teardown: cp-1: not cleaned, so clusters\/test is kept: .*\n- cp-1 \(127\.0\.0\.1\) cannot be reached over SSH; .*\nMake the hosts reachable, and destroy again\.\n.* set CONTROL_PLANE_GIVE_UP=cp-1 for the same command\. By hand:\n- on cp-1: systemctl disable --now kubelet/,
    );
    expect(stdout).not.toContain("terraform_data.machine: destroyed");
    expect(readFileSync(project.path(INVENTORY), "utf8")).toContain("cp-1");
    expect(existsSync(project.path("clusters/test/known_hosts"))).toBe(true);
    expect(project.files("clusters/test")).toContain("apiserver.crt");
  });

  test("fails again while another host is given up", async () => {
    const { exitCode } = await project.run("destroy", {
      CONTROL_PLANE_GIVE_UP: "cp-2,w-1",
    });
    expect(exitCode).toBe(1);
    expect(existsSync(project.path(INVENTORY))).toBe(true);
  });

  test("leaves the host as it is once it is given up", async () => {
    const { exitCode, stdout, stderr } = await project.run("destroy", {
      CONTROL_PLANE_GIVE_UP: "cp-1",
    });
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(
      "cp-1: given up, so what was started there still runs. To clean it, run there: systemctl disable --now kubelet",
    );
    expect(stdout).toContain("terraform_data.machine: destroyed");
    expect(project.files("clusters/test/.stamps")).not.toContain("cp-1.json");
    expect(existsSync(project.path("clusters/test/known_hosts"))).toBe(false);
    expect(existsSync(project.path(INVENTORY))).toBe(false);
  });
});
