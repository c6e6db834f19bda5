import { existsSync } from "node:fs";
import { nodeRequest } from "../agent/support/rollout";
import { FakeHost } from "./support/fake-host";
import { HostedStore } from "./support/hosted-store";
import { controlPlane, program, Project } from "./support/project";

const project = new Project(program(controlPlane(["cp-1"])));
afterAll(() => project.end());

test("refuses a cluster that the app still has", async () => {
  await project.run("deploy");
  const { exitCode, stderr } = await project.run("teardown clusters/test");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("cdktf-control-plane destroy stack");
  expect(project.files("clusters/test")).toContain("apiserver.crt");
});

test("is what a deploy recommends while a cluster's files are left without its ControlPlane", async () => {
  project.write("main.ts", program(""));
  const first = await project.run("deploy");
  expect(first.exitCode).toBe(0);
  expect(first.stdout).toMatch(/^stack: \d+ files to remove\n/);
  expect(first.stderr).toMatch(
    /^Warning: clusters\/test holds a cluster that is not in this app\..*\n {2}npx cdktf-control-plane teardown clusters\/test\n$/,
  );
  const second = await project.run("deploy");
  expect(second.stderr).toBe(first.stderr);
});

test("removes the cluster without asking, and says what it removes and keeps", async () => {
  const { exitCode, stdout, stderr } = await project.run(
    "teardown clusters/test",
  );
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /^clusters\/test to remove; the keys of its certificate authorities stay; no Terraform resource is changed\n {2}clusters\/test: \d+ files removed\n {2}clusters\/test\/pki: kept, .*\n$/,
  );
  expect(existsSync(project.path("clusters/test/nodes"))).toBe(false);
  expect(project.files("clusters/test/pki")).toContain("ca.key");
  expect((await project.run("deploy")).stderr).toBe("");
});

test("fails when a folder is not a store", async () => {
  project.write("clusters/notes/todo.txt", "");
  const { exitCode, stderr } = await project.run("teardown clusters/notes");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("clusters/notes is not a store");
});

test("the printed command that deletes the kept files can be copied into a shell", async () => {
  const project = new Project(
    program(
      controlPlane(["cp-1"]).replace(
        'clusterName: "test",',
        'clusterName: "test", outputDirectory: "my clusters; ~",',
      ),
    ),
  );
  try {
    await project.run("deploy");
    await project.run("destroy");
    const { exitCode, stdout } = await project.run("destroy");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("rm -r 'my clusters; ~/test'\n");
  } finally {
    project.end();
  }
});

describe("with a host that cannot be reached", () => {
  const place = new HostedStore();
  afterAll(() => place.end());

  test("fails, and keeps the inventory, until the host is given up", async () => {
    const host = await FakeHost.start();
    await place.keep({ "cp-1": host });
    await host.end();
    const { status, stderr } = await place.cli("teardown clusters/demo");
    expect(status).toBe(1);
    expect(stderr).toContain("cp-1: not cleaned, so clusters/demo is kept");
    expect(place.store.inventory()?.nodes).toHaveProperty("cp-1");

    const again = await place.cli("teardown clusters/demo", {
      CONTROL_PLANE_GIVE_UP: "cp-1",
    });
    expect([again.status, again.stderr]).toEqual([0, ""]);
    expect(again.stdout).toContain("cp-1: given up");
    expect(place.store.inventory()).toBeUndefined();
  });

  test("needs no word about a host that was never reached", async () => {
    const access = { kind: "ssh", host: "127.0.0.1", port: 1, sudo: false };
    const node = nodeRequest("cp-1", "10.0.0.1");
    await place.keep(
      {},
      {
        "cp-1": { ...node, access: { ...access, connectTimeout: 1 } as never },
      },
    );
    const { status, stdout } = await place.cli("teardown clusters/demo");
    expect(status).toBe(0);
    expect(stdout).toContain("cp-1: was never reached, so nothing is there");
  });
});
