import { program, Project } from "./support/project";

/** Three stacks: `stack` needs `network`, `other` nothing. */
const PROGRAM = program(`
const thing = (scope: TerraformStack, id: string) =>
  new TerraformResource(scope, id, { terraformResourceType: "terraform_data" });
const named = (name: string) => {
  const made = new TerraformStack(app, name);
  new LocalBackend(made, { path: \`../../../terraform.\${name}.tfstate\` });
  thing(made, "thing");
  return made;
};
const network = named("network");
named("other");
thing(stack, "machine");
new TerraformOutput(stack, "address", { value: "10.0.0.1" });
new TerraformOutput(stack, "secret", { value: "hidden", sensitive: true });
stack.addDependency(network);
`);

const project = new Project(PROGRAM);
afterAll(() => project.end());

const headings = (stdout: string): string[] =>
  stdout.split("\n").filter((line) => /^\w+: /.test(line));

test("deploys a stack after those that it needs, and shows a user's own resources and outputs", async () => {
  const { exitCode, stdout } = await project.run("deploy stack");
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    [
      "network: 1 resource to make",
      "  + terraform_data.thing",
      "  terraform_data.thing: made",
      "",
      "stack: 1 resource to make",
      "  + terraform_data.machine",
      "  2 outputs to make: address, secret",
      "  terraform_data.machine: made",
      "  address = 10.0.0.1",
      "  secret = (sensitive)",
      "",
    ].join("\n"),
  );
});

test("deploys all stacks where none is named", async () => {
  const { stdout } = await project.run("deploy");
  expect(headings(stdout)).toEqual([
    "network: no changes",
    "other: 1 resource to make",
    "stack: no changes",
  ]);
});

test("fails when a stack is named that the app has not", async () => {
  const { exitCode, stderr } = await project.run("deploy nowhere");
  expect(exitCode).toBe(2);
  expect(stderr).toContain('no stack "nowhere". It has network, other, stack.');
});

test("fails when a stack would be destroyed that another needs", async () => {
  const { exitCode, stderr } = await project.run("destroy network");
  expect(exitCode).toBe(2);
  expect(stderr).toContain("cdktf-control-plane destroy network stack");
});

test("destroys a stack before those that it needs", async () => {
  const { exitCode, stdout } = await project.run("destroy");
  expect(exitCode).toBe(0);
  expect(headings(stdout)).toEqual([
    "stack: 1 resource to destroy",
    "other: 1 resource to destroy",
    "network: 1 resource to destroy",
  ]);
  expect(stdout).toContain("  terraform_data.machine: destroyed\n");
});
