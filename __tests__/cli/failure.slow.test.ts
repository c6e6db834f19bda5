import { cpSync, existsSync } from "node:fs";
import { controlPlane, program, Project } from "./support/project";

const BLOCKED = "clusters/test/objects/nodes.yaml";

describe("a deploy", () => {
  const project = new Project(program(controlPlane(["cp-1"])));
  afterAll(() => project.end());

  test("shows an agent's error once, without Terraform's wrapping", async () => {
    project.write(`${BLOCKED}/in-the-way`, "");
    const { exitCode, stdout, stderr } = await project.run("deploy");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^Error: cluster objects: clusters\/test\/objects\/nodes\.yaml is a folder/,
    );
    expect(stdout).not.toContain("is a folder");
    expect(stdout + stderr).not.toMatch(/local-exec|exit status|agent\.cjs/);
    expect(stdout).toContain("Fix the problem and deploy again");
  });

  test("continues once the cause is removed", async () => {
    project.remove(BLOCKED);
    const { exitCode, stdout } = await project.run("deploy");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("cluster objects: 9 files made");
    const again = await project.run("deploy");
    expect(again.stdout).toMatch(/^stack: no changes\n/);
  });

  test("says only once, not for each CA, that the store is lost", async () => {
    project.remove("clusters");
    const { exitCode, stdout, stderr } = await project.run("deploy");
    expect(exitCode).toBe(1);
    expect(stderr.match(/^Error: The state knows /gm)).toHaveLength(1);
    expect(stderr.match(/Restore the store from its backup/g)).toHaveLength(1);
    expect(stderr).not.toMatch(/postcondition|fileexists/);
    expect(stdout).toContain("stack: nothing was changed");
    expect(stdout).not.toContain("to make");
  });
});

describe("destroy works", () => {
  const project = new Project(program(controlPlane(["cp-1"])));
  const deployed = new Project("");
  const kept = ["clusters", "terraform.stack.tfstate"];
  afterAll(() => [project, deployed].forEach((one) => one.end()));
  beforeEach(() => kept.forEach((path) => project.remove(path)));

  /** Deploys once; each test gets a copy of the result. */
  async function deploy(): Promise<void> {
    const [from, to] = [project, deployed];
    if (existsSync(to.path(kept[0]))) copy(to, from);
    else {
      expect((await project.run("deploy")).exitCode).toBe(0);
      copy(from, to);
    }
  }
  const copy = (from: Project, to: Project): void =>
    kept.forEach((path) =>
      cpSync(from.path(path), to.path(path), { recursive: true }),
    );

  test("if nothing was ever deployed", async () => {
    const { exitCode, stdout, stderr } = await project.run("destroy");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toBe("stack: nothing to remove\n");
  });

  test("after a first deploy that failed", async () => {
    project.write(`${BLOCKED}/in-the-way`, "");
    expect((await project.run("deploy")).exitCode).toBe(1);
    const { exitCode, stdout } = await project.run("destroy");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("clusters/test/pki: kept");
    expect(project.files("clusters/test/pki")).toContain("ca.key");
    expect(project.files("clusters/test")).not.toContain("apiserver.crt");
  });

  test("after the state was lost, once a deploy has recorded the cluster again", async () => {
    await deploy();
    project.remove("terraform.stack.tfstate");
    const kept = await project.run("destroy");
    expect(kept.exitCode).toBe(0);
    expect(kept.stdout).toContain("Terraform's state has no record of it");
    expect(project.files("clusters/test")).toContain("apiserver.crt");

    await project.run("deploy");
    const { exitCode, stdout } = await project.run("destroy");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/clusters\/test: \d+ files removed/);
    expect(project.files("clusters/test")).not.toContain("apiserver.crt");
  });

  test("after the store was lost", async () => {
    await deploy();
    project.remove("clusters");
    const { exitCode, stderr } = await project.run("destroy");
    expect([exitCode, stderr]).toEqual([0, ""]);
  });

  test("after half of the store was lost", async () => {
    await deploy();
    project.remove("clusters/test/nodes");
    project.remove("clusters/test/pki/etcd");
    project.remove("clusters/test/.stamps/nodes");
    const { exitCode, stderr } = await project.run("destroy");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(project.files("clusters/test/pki")).toContain("ca.key");
  });
});
