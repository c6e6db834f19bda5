import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Project } from "./support/project";

const project = new Project("");
afterAll(() => project.end());

test.each([
  ["", "No command was given."],
  [
    "deplyo",
    '"deplyo" is not a command. The commands are deploy, preview, destroy, check, inspect, teardown.',
  ],
  ["toString", '"toString" is not a command.'],
  ["deploy --force", "Unknown option '--force'."],
  ["deploy --json", "deploy does not take --json"],
  ["teardown", "teardown takes one store"],
  ["teardown one two", "teardown takes one store"],
  ["inspect", "No store was found here."],
  ["check", "No store was found here. Name one: cdktf-control-plane check"],
])("fails when called as `cdktf-control-plane %s`", async (args, message) => {
  const { exitCode, stderr } = await project.run(args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`Error: ${message}`);
  expect(stderr).not.toContain("    at ");
});

test.each(["--help", "-h", "help", "deploy --help"])(
  "`cdktf-control-plane %s` lists the commands",
  async (args) => {
    const { exitCode, stdout, stderr } = await project.run(args);
    expect([exitCode, stderr]).toEqual([0, ""]);
    for (const command of ["deploy", "destroy", "check", "inspect", "teardown"])
      expect(stdout).toContain(`  cdktf-control-plane ${command} `);
  },
);

test("--version prints the package's version", async () => {
  const manifest = readFileSync(join(__dirname, "../../package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const { exitCode, stdout } = await project.run("--version");
  expect([exitCode, stdout]).toEqual([0, `${version}\n`]);
});
