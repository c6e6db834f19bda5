import { program, Project } from "./support/project";

/** Three stacks: `stack` depends on `network`; `other` is independent. */
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

test("names the stack to deploy first if another one cannot be planned without its outputs", async () => {
  const reader = new Project(
    program(`
const reader = new TerraformStack(app, "reader");
new LocalBackend(reader, { path: "../../../terraform.reader.tfstate" });
const machine = new TerraformResource(stack, "machine", { terraformResourceType: "terraform_data" });
new TerraformOutput(reader, "machine", { value: machine.getStringAttribute("id") });
`),
  );
  const planned = await reader.run("plan");
  expect(planned.exitCode).toBe(1);
  expect(planned.stderr).toContain("Unable to find remote state");
  expect(planned.stderr).toContain(
    "reader can be planned only with the outputs of stack, which this plan would change. If it failed for that reason, deploy first: cdktf-control-plane deploy stack",
  );
  expect((await reader.run("deploy stack")).exitCode).toBe(0);
  expect((await reader.run("plan")).stderr).toBe("");
  expect((await reader.run("plan reader --out reader.plan")).exitCode).toBe(2);
  const applied = await reader.run("deploy reader.plan");
  expect([applied.exitCode, applied.stderr]).toEqual([0, ""]);
  reader.end();
});

test("deploys a stack after its dependencies, and shows the user's own resources and outputs", async () => {
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

test("deploys all stacks if none is named", async () => {
  const { stdout } = await project.run("deploy");
  expect(headings(stdout)).toEqual([
    "network: no changes",
    "other: 1 resource to make",
    "stack: no changes",
  ]);
});

test("fails when the app does not have the named stack", async () => {
  const { exitCode, stderr } = await project.run("deploy nowhere");
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    'no stack "nowhere". Its stacks are network, other, stack.',
  );
});

test("refuses to destroy a stack on which another one depends", async () => {
  const { exitCode, stderr } = await project.run("destroy network");
  expect(exitCode).toBe(2);
  expect(stderr).toContain("cdktf-control-plane destroy network stack");
});

test("destroys a stack before its dependencies", async () => {
  const { exitCode, stdout } = await project.run("destroy");
  expect(exitCode).toBe(0);
  expect(headings(stdout)).toEqual([
    "stack: 1 resource to destroy",
    "other: 1 resource to destroy",
    "network: 1 resource to destroy",
  ]);
  expect(stdout).toContain("  terraform_data.machine: destroyed\n");
});
