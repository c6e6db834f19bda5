import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { outcomeOf } from "../agent/support/workplace";
import { CLI, controlPlane, program, Project } from "../cli/support/project";

const MAIN = program(
  controlPlane(["cp-1"]).replace(
    '"address":"10.0.0.1"',
    '"address":"10.0.0.1",files:[{path:"/etc/note",source:"note.txt"}]',
  ),
).replace(
  '"../../../terraform.stack.tfstate"',
  'process.cwd() + "/terraform.stack.tfstate"',
);

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "output-"))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A project in an empty folder of the root, with this output folder. */
function projectWith(output: string): Project {
  mkdirSync(join(root, "project"));
  const project = new Project(MAIN, join(root, "project"));
  project.write("note.txt", "the right one");
  project.write(
    "cdktf.json",
    JSON.stringify({
      app: "node node_modules/tsx/dist/cli.mjs main.ts",
      output: output.replace("<root>", root),
    }),
  );
  return project;
}

const keysBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("pki/ca.key"))
    .sort();

const link = (from: string, to: string): void => {
  mkdirSync(join(root, from), { recursive: true });
  mkdirSync(dirname(join(root, to)), { recursive: true });
  symlinkSync(join(root, from), join(root, to));
};

test.each([
  ["beside the project", "../build/cdktf.out", () => {}],
  ["that is the project", ".", () => {}],
  ["that is around the project", "..", () => {}],
  ["with a name to quote", "it's $HOME %n ü/cdktf out", () => {}],
  ["given by an absolute path", "<root>/build/x/y/z", () => {}],
  [
    "that is a link to a deeper folder",
    "cdktf.out",
    () => link("build/a/b/c", "project/cdktf.out"),
  ],
  [
    "whose stacks are a link",
    "cdktf.out",
    () => link("build", "project/cdktf.out/stacks"),
  ],
])(
  "keys stay in the project and a source is read from it, with an output folder %s",
  async (_, output, prepare) => {
    const project = projectWith(output);
    prepare();
    mkdirSync(dirname(resolve(project.directory, output)), { recursive: true });
    mkdirSync(join(root, "build/x/y"), { recursive: true });
    // Files that a wrong path would find.
    for (const wrong of ["..", "../build", "../build/a"])
      project.write(`${wrong}/note.txt`, "the wrong one");

    const { exitCode, stdout, stderr } = await project.run("deploy");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(
      "export KUBECONFIG=clusters/test/kubeconfigs/admin.conf",
    );
    expect(stdout).toContain(
      "test: the files of 1 node are in clusters/test/nodes",
    );
    const note = "clusters/test/nodes/cp-1/root/etc/note";
    expect(readFileSync(project.path(note), "utf8")).toBe("the right one");
    expect(keysBelow(root)).toEqual([
      "project/clusters/test/nodes/cp-1/root/etc/kubernetes/pki/ca.key",
      "project/clusters/test/pki/ca.key",
    ]);

    const inspected = await project.run("inspect");
    expect(inspected.exitCode).toBe(0);
    expect(inspected.stdout).toContain("clusters/test (cluster test");
    expect((await project.run("deploy")).stdout).toContain("no changes");
    const destroyed = await project.run("destroy");
    expect(destroyed.stdout).toMatch(/ clusters\/test: \d+ files removed/);
    expect(existsSync(project.path("clusters/test/nodes"))).toBe(false);
  },
);

test.each([
  ["it is the store", "clusters/test"],
  ["it is in the store", "clusters/test/out"],
  ["the store is in it", "clusters"],
])("fails when %s, before anything is made", async (_, output) => {
  const project = projectWith(output);
  mkdirSync(project.path("clusters/test"), { recursive: true });
  const { exitCode, stderr } = await project.run("deploy");
  expect(exitCode).toBe(1);
  expect(stderr).toContain('"clusters/test" cannot be the folder of a store');
  expect(stderr).toContain('"output" in cdktf.json');
  expect(keysBelow(root)).toEqual([]);
});

test("fails with the solution when the app writes to another folder than cdktf.json says", async () => {
  const project = projectWith("cdktf.out");
  project.write(
    "main.ts",
    MAIN.replace("new App()", 'new App({ outdir: "elsewhere" })'),
  );
  const { exitCode, stderr } = await project.run("deploy");
  expect(exitCode).toBe(1);
  expect(stderr).toContain('"output" in cdktf.json');
  expect(keysBelow(root)).toEqual([]);
});

test("a project works through a link to it, and a folder in a project is not a project", async () => {
  projectWith("cdktf.out").write("sub/README.md", "");
  symlinkSync(join(root, "project"), join(root, "link"));
  const run = (command: string, folder: string) =>
    outcomeOf(
      spawn(process.execPath, [CLI, command], { cwd: join(root, folder) }),
    );
  const deployed = await run("deploy", "link");
  expect(deployed.status).toBe(0);
  expect(deployed.stdout).toContain(
    "export KUBECONFIG=clusters/test/kubeconfigs/admin.conf",
  );
  const below = await run("destroy", "link/sub");
  expect(below.status).toBe(1);
  expect(below.stderr).toContain("There is no cdktf.json in");
  expect(keysBelow(root)).toContain("project/clusters/test/pki/ca.key");
});
