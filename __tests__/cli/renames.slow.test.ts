import { execFileSync } from "node:child_process";
import { renameSync } from "node:fs";
import { controlPlane, program, Project } from "./support/project";

const main = (id: string, clusterName: string, more = ""): string =>
  program(
    controlPlane(["cp-1"])
      .replace('(stack, "test", {', `(stack, "${id}", {`)
      .replace('clusterName: "test"', `clusterName: "${clusterName}"${more}`),
  );

test("the command that moves a store can be copied into a shell", async () => {
  const folder = ', outputDirectory: "it\'s; mine"';
  const project = new Project(main("prod", "a", folder));
  try {
    await project.run("deploy");
    project.write("main.ts", main("prod", "b", folder));
    const { stderr } = await project.run("deploy");
    const [command] = /^ *mv .*$/m.exec(stderr)!;
    execFileSync("sh", ["-c", command], { cwd: project.directory });
    expect((await project.run("deploy")).stderr).toContain(
      "- clusterName: a would become b.",
    );
  } finally {
    project.end();
  }
}, 300_000);

describe("a deploy after a rename in the program", () => {
  const project = new Project(main("prod", "a"));
  afterAll(() => project.end());
  beforeAll(async () => {
    expect(await project.run("deploy")).toMatchObject({ exitCode: 0 });
  }, 300_000);

  test("tells another construct id as a rename, and keeps all files", async () => {
    project.write("main.ts", main("main", "a"));

    const { exitCode, stdout, stderr } = await project.run("deploy");

    expect([exitCode, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toBe(
      "stack: prod is now main: 54 files at new addresses in the state",
    );
    expect(lines.slice(1, lines.indexOf(""))).toHaveLength(7);
    expect(stdout).not.toMatch(/made|removed/);
    expect((await project.run("deploy")).stdout).toMatch(/^stack: no changes/);
  });

  test("fails when the cluster has another name, until its store was moved and the change is allowed", async () => {
    project.write("main.ts", main("main", "b"));
    const told = await project.run("deploy");
    expect(told.exitCode).toBe(1);
    expect(told.stderr.match(/mv clusters\/a clusters\/b/g)).toHaveLength(1);
    expect(told.stdout).toContain("nothing was changed");

    renameSync(project.path("clusters/a"), project.path("clusters/b"));
    const asked = await project.run("deploy");
    expect(asked.exitCode).toBe(1);
    expect(asked.stderr).toMatch(
      /^ *- clusterName: a would become b\. [^]*\n *Undo the change\. .*allowChangesTo: \["clusterName"\]/m,
    );

    const allowed = ', allowChangesTo: ["clusterName"]';
    project.write("main.ts", main("main", "b", allowed));
    const done = await project.run("deploy");
    expect([done.exitCode, done.stderr]).toEqual([0, ""]);
    expect(done.stdout).not.toContain("pki/ca");
    project.write("main.ts", main("main", "b"));
    expect((await project.run("deploy")).stdout).toMatch(/^stack: no changes/);
  });
});
