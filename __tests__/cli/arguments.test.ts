import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Project } from "./support/project";

const project = new Project("");
afterAll(() => project.end());

test.each([
  ["", "There is no command."],
  [
    "deplyo",
    '"deplyo" is no command. There are deploy, preview, destroy, check, inspect, teardown.',
  ],
  ["toString", '"toString" is no command.'],
  ["deploy --force", "Unknown option '--force'."],
  ["deploy --json", "deploy has no --json"],
  ["teardown", "teardown takes one store"],
  ["teardown one two", "teardown takes one store"],
  ["inspect", "There is no store here."],
  ["check", "There is no store here. Name one: cdktf-control-plane check"],
])("fails when called as `cdktf-control-plane %s`", async (args, message) => {
  const { exitCode, stderr } = await project.run(args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`Error: ${message}`);
  expect(stderr).not.toContain("    at ");
});

test.each(["--help", "-h", "help", "deploy --help"])(
  "`cdktf-control-plane %s` says what there is",
  async (args) => {
    const { exitCode, stdout, stderr } = await project.run(args);
    expect([exitCode, stderr]).toEqual([0, ""]);
    for (const command of ["deploy", "destroy", "check", "inspect", "teardown"])
      expect(stdout).toContain(`  cdktf-control-plane ${command} `);
  },
);

test("--version is the package's", async () => {
  const manifest = readFileSync(join(__dirname, "../../package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const { exitCode, stdout } = await project.run("--version");
  expect([exitCode, stdout]).toEqual([0, `${version}\n`]);
});
