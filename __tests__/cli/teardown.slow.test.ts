import { existsSync } from "node:fs";
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
    /^clusters\/test to remove; no Terraform resource is changed\n {2}clusters\/test: \d+ files removed\n {2}clusters\/test\/pki: kept, .*\n$/,
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
