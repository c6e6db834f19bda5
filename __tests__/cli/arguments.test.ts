import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArguments } from "../../lib/cli/commands/arguments";
import { COMMAND_NAMES, commandRow } from "../../lib/cli/commands/command-rows";
import { commandHelp } from "../../lib/cli/commands/help";
import { CliError } from "../../lib/cli/errors";
import { Project } from "./support/project";

const project = new Project("");
afterAll(() => project.end());

/** The error of a command line that cannot be understood. */
function refusalOf(args: string): CliError {
  try {
    parseArguments(args.split(" "));
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error(`${args} was understood`);
}

test.each([
  [
    "deplyo",
    '"deplyo" is not a command. The commands are plan, deploy, renew, preview, destroy, check, upgrade-check, etcd, inspect, backup, graph, report, teardown, token, completion.',
    "Did you mean deploy?",
  ],
  ["toString", '"toString" is not a command.'],
  [
    "deploy --force",
    "--force is not an option. deploy takes --confirm, --allow-destroy, --json, --quiet.",
    "`cdktf-control-plane deploy --help` explains the command.",
  ],
  [
    "deploy -auto-approve",
    "-auto-approve is not an option. deploy takes --confirm,",
  ],
  ["plan -json", "-json is not an option.", "Did you mean --json?"],
  ["plan -out=x", "-out is not an option.", "Did you mean --out?"],
  [
    "--force",
    "--force is not an option.",
    "`cdktf-control-plane --help` lists all commands and options.",
  ],
  [
    "deploy --alow-destroy",
    "--alow-destroy is not an option.",
    "Did you mean --allow-destroy?",
  ],
  ["plan -j", "-j is not an option."],
  ["plan --json=3", '--json takes no value, so "3" cannot be used.'],
  ["plan --out", "--out needs a value: --out FILE."],
  ["plan --out=", "--out needs a value: --out FILE."],
  [
    "deploy --out=x",
    "deploy does not take --out. It takes --confirm, --allow-destroy, --json, --quiet.",
  ],
  ["teardown --json", "teardown does not take --json. It takes --quiet."],
  [
    "etcd recvoer",
    '"recvoer" is nothing that etcd does. Write etcd status, etcd defrag, etcd recover.',
    "Did you mean recover?",
  ],
  [
    "etcd clusters/prod",
    '"clusters/prod" is nothing that etcd does.',
    "`cdktf-control-plane etcd --help` explains the command.",
  ],
  ["etcd toString", '"toString" is nothing that etcd does.'],
  [
    "etcd",
    "etcd was called wrongly. Write: cdktf-control-plane etcd <status|defrag|recover>",
  ],
  [
    "etcd recover --all",
    "etcd recover does not take --all. It takes --json, --quiet.",
    "`cdktf-control-plane etcd --help` explains the command.",
  ],
  [
    "completion bash --quiet",
    "completion does not take --quiet. It takes no options.",
  ],
])("refuses `cdktf-control-plane %s`", (args, message, hint = "") => {
  const refusal = refusalOf(args);
  expect(refusal.exitCode).toBe(2);
  expect(refusal.message).toContain(message);
  expect(refusal.message).toContain(hint);
});

test.each([
  ["", "No command was given."],
  [
    "teardown",
    "teardown was called wrongly. Write: cdktf-control-plane teardown <store>",
  ],
  ["teardown one two", "teardown was called wrongly."],
  [
    "completion",
    "completion was called wrongly. Write: cdktf-control-plane completion <bash|zsh|fish>",
  ],
  ["completion tcsh", "completion was called wrongly."],
  ["inspect", "No store was found here."],
  ["check", "No store was found here. Name one: cdktf-control-plane check"],
  [
    "etcd status",
    "No store was found here. Name one: cdktf-control-plane etcd status clusters/<name>",
  ],
  ["etcd defrag one two", "etcd defrag works on one store, and there are 2"],
])("fails when called as `cdktf-control-plane %s`", async (args, message) => {
  const { exitCode, stderr } = await project.run(args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`Error: ${message}`);
  expect(stderr).not.toContain("    at ");
});

test.each(["--help", "-h", "help"])(
  "`cdktf-control-plane %s` lists the commands",
  async (args) => {
    const { exitCode, stdout, stderr } = await project.run(args);
    expect([exitCode, stderr]).toEqual([0, ""]);
    for (const command of COMMAND_NAMES)
      expect(stdout).toContain(`  cdktf-control-plane ${command} `);
  },
);

test.each(COMMAND_NAMES)(
  "the help of %s has its options, its exit codes and an example",
  (name) => {
    expect(parseArguments([name, "--help"])).toEqual({ help: name });
    expect(parseArguments(["help", name])).toEqual({ help: name });
    const stdout = commandHelp(name);
    for (const option of commandRow(name).options)
      expect(stdout).toContain(`  --${option}`);
    for (const [word, { about }] of Object.entries(
      commandRow(name).words ?? {},
    ))
      expect(stdout).toContain(`  ${word.padEnd(9)}${about.slice(0, 40)}`);
    expect(stdout).toContain("\nExit codes\n  0  ");
    expect(stdout).toContain(`\nExample\n  ${commandRow(name).example}`);
    expect(stdout.split("\n").filter((line) => line.length > 90)).toEqual([]);
  },
);

test("--version prints the package's version", async () => {
  const manifest = readFileSync(join(__dirname, "../../package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const { exitCode, stdout } = await project.run("--version");
  expect([exitCode, stdout]).toEqual([0, `${version}\n`]);
});
