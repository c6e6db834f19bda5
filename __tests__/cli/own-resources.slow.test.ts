import {
  BURY,
  buried,
  deploy,
  endProjects,
  environment,
  expectRefusal,
  GRAVE,
  makeProviders,
  projectWith,
  stackWith,
} from "./support/own-resources";
import { type Outcome, program, type Project } from "./support/project";

beforeAll(makeProviders, 300_000);
afterAll(endProjects);

interface Three {
  readonly id?: string;
  readonly size?: number;
  readonly place?: string;
}

/** One of each kind of resource that a user may have. */
const three = ({ id = "mine", size = 1, place = "a" }: Three = {}): string => `
thing("terraform_data", "${id}", { input: ${size}, triggers_replace: "${place}", provisioner: [${BURY}] });
thing("null_resource", "${id}-null", { triggers: { place: "${place}" }, provisioner: [${BURY}] });
thing("own_machine", "${id}-machine", { size: ${size}, place: "${place}", grave: "../../../${GRAVE}" });
`;

const NAMES = [
  "null_resource.mine-null",
  "own_machine.mine-machine",
  "terraform_data.mine",
];
const each = (mark: string, names = NAMES): string[] =>
  names.map((name) => `  ${mark} ${name}`);

/** The printed lines about the plan: its heading and the indented lines below it, without the agents' lines. */
const planOf = ({ stdout }: Outcome): string[] =>
  stdout
    .split("\n")
    .filter(
      (line) =>
        line.startsWith("stack: ") ||
        /^ {2}(\+|-|~|\.|-\/\+|\d) ?\S/.test(line),
    );

describe("the user's own resources beside a store", () => {
  let project: Project;
  beforeAll(() => {
    project = projectWith(three());
  });

  test("are counted and named when they are made, with a line for data sources and one for outputs", async () => {
    const more = `
new TerraformOutput(stack, "size", { value: 1 });
const later = thing("terraform_data", "later", {});
stack.addOverride("data.null_data_source.later", { depends_on: ["terraform_data.later"] });
`;
    const outcome = await deploy(project, three() + more);
    expect([outcome.exitCode, outcome.stderr]).toEqual([0, ""]);
    expect(planOf(outcome)).toEqual([
      "stack: 2 files to make; 4 other resources to make",
      ...each("+", [
        "null_resource.mine-null",
        "own_machine.mine-machine",
        "terraform_data.later",
        "terraform_data.mine",
      ]),
      "  + pki/ca.{crt,key}",
      "  1 data source to read: data.null_data_source.later",
      "  1 output to make: size",
    ]);
    expect((await deploy(project, three(), "--allow-destroy")).exitCode).toBe(
      0,
    );
  });

  test("are counted and named when they are changed, which needs no permission", async () => {
    const outcome = await deploy(project, three({ size: 2 }));
    expect([outcome.exitCode, outcome.stderr]).toEqual([0, ""]);
    expect(planOf(outcome)).toEqual([
      "stack: 2 resources to change",
      ...each("~", NAMES.slice(1)),
    ]);
  });

  test("are replaced only with permission", async () => {
    const body = three({ size: 2, place: "b" });
    const named = each("-/+").map((line) => line.trim());
    await expectRefusal(project, body, named);
    const outcome = await deploy(project, body, "--allow-destroy");
    expect([outcome.exitCode, outcome.stderr]).toEqual([0, ""]);
    expect(planOf(outcome)).toEqual([
      "stack: 3 resources to replace",
      ...each("-/+"),
    ]);
    expect(buried(project)).toBe(3);
  });

  const moved = three({ id: "moved", size: 2, place: "b" });
  const MOVED = [
    "null_resource.moved-null",
    "own_machine.moved-machine",
    "terraform_data.moved",
  ];
  const froms = MOVED.map((to) => ({ from: to.replace("moved", "mine"), to }));

  test("are counted and named when they are moved, which needs no permission", async () => {
    const outcome = await deploy(
      project,
      `${moved}\nstack.addOverride("moved", ${JSON.stringify(froms)});`,
    );
    expect([outcome.exitCode, outcome.stderr]).toEqual([0, ""]);
    expect(planOf(outcome)).toEqual([
      "stack: 3 resources to move",
      ...froms.map(({ from, to }) => `  ~ ${to} (moved from ${from})`),
    ]);
  });

  test("are counted and named when they are removed from the state, which needs no permission", async () => {
    const removed = MOVED.map((from) => ({
      from,
      lifecycle: [{ destroy: false }],
    }));
    const outcome = await deploy(
      project,
      `stack.addOverride("removed", ${JSON.stringify(removed)});`,
    );
    expect(outcome.stderr).not.toContain("Error");
    expect(outcome.exitCode).toBe(0);
    expect(planOf(outcome)).toEqual([
      "stack: 3 resources to forget",
      ...MOVED.map((name) => `  . ${name} (removed from the state only)`),
    ]);
    expect(buried(project)).toBe(3);
  });

  /** A null_resource cannot be imported. */
  const IMPORTED = `
thing("terraform_data", "in", {});
thing("own_machine", "in-machine", { grave: "../../../${GRAVE}" });
`;

  test("are counted and named when they are imported, which needs no permission", async () => {
    const imports = ["own_machine.in-machine", "terraform_data.in"].map(
      (to) => ({ to, id: "i-1" }),
    );
    const body = `${IMPORTED}
stack.addOverride("import", ${JSON.stringify(imports)});
`;
    const outcome = await deploy(project, body);
    expect([outcome.exitCode, outcome.stderr]).toEqual([0, ""]);
    expect(planOf(outcome)).toEqual([
      "stack: 1 resource to change, 1 to import",
      "  ~ own_machine.in-machine (imported: i-1)",
      "  + terraform_data.in (imported: i-1)",
    ]);
  });

  test("are destroyed only with permission, even if a removed block asks for it", async () => {
    await deploy(project, IMPORTED + three());
    const removed = [{ from: NAMES[0], lifecycle: [{ destroy: true }] }];
    const body = `stack.addOverride("removed", ${JSON.stringify(removed)});`;
    const gone = [
      ...NAMES,
      "own_machine.in-machine",
      "terraform_data.in",
    ].sort();
    await expectRefusal(
      project,
      body,
      gone.map((name) => `- ${name}`),
    );
    const before = buried(project);
    const outcome = await deploy(project, body, "--allow-destroy");
    expect(outcome.exitCode).toBe(0);
    expect(planOf(outcome)).toEqual([
      "stack: 5 resources to destroy",
      ...each("-", gone),
    ]);
    // Only own_machine wrote a line: its provider does. The provisioners left the program with their resources.
    expect(buried(project)).toBe(before + 2);
  });

  test("are named by destroy, which does not ask", async () => {
    await deploy(project, three());
    const outcome = await project.run("destroy", environment);
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stdout).toMatch(
      /^stack: stores\/test to remove; the keys of its certificate authorities stay; 3 resources to destroy\n/,
    );
    for (const name of NAMES) expect(outcome.stdout).toContain(`  - ${name}\n`);
  });
});

test("this library's files are replaced and removed without permission", async () => {
  const certificate = (names: string) => `
new Certificate(stack, "web", { certificateAuthority: stack.node.findChild("ca") as CertificateAuthority, commonName: "web", usages: ["serverAuth"], names: ${names} });
`;
  const project = projectWith("");
  const deployed = [
    await deploy(project, certificate('["a"]')),
    await deploy(project, certificate('["b"]')),
    await deploy(project, ""),
  ];
  expect(deployed.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
    [0, ""],
    [0, ""],
    [0, ""],
  ]);
  expect(deployed.slice(1).map((outcome) => planOf(outcome)[0])).toEqual([
    "stack: 2 files to replace",
    "stack: 2 files to remove",
  ]);
  // Everything goes: guards, anchors, batches, and the teardown.
  project.write("main.ts", program(""));
  const last = await project.run("deploy", environment);
  expect([last.exitCode, planOf(last)[0]]).toEqual([
    0,
    "stack: 2 files to remove",
  ]);
});

test("options in TF_CLI_ARGS_apply apply to the plan", async () => {
  const project = projectWith("");
  project.write(
    "main.ts",
    stackWith(`
const size = new TerraformVariable(stack, "size", { type: "number" });
new TerraformOutput(stack, "given", { value: size.numberValue });
`),
  );
  const { exitCode, stdout, stderr } = await project.run("deploy", {
    ...environment,
    TF_CLI_ARGS_apply: "-auto-approve -var size=3 -parallelism=2",
    TF_CLI_ARGS_plan: "-detailed-exitcode",
  });
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("\n  given = 3\n");
});
