import { existsSync, readFileSync } from "node:fs";
import { nullProvider } from "../support/null-provider";
import { OWN_PROVIDER, ownProvider } from "../support/own-provider";
import { type Outcome, program, Project } from "./support/project";

/** A program with a store and a CA, and other resources. */
const stackWith = (body: string): string =>
  program(`
const store = new Store(stack, "store", { directory: "stores/test" });
new CertificateAuthority(stack, "ca", { store, commonName: "ca", keyAlgorithm: KeyAlgorithm.ECDSA_P256 });
const thing = (type: string, id: string, attributes: object) => {
  const resource = new TerraformResource(stack, id, { terraformResourceType: type });
  for (const [name, value] of Object.entries(attributes)) resource.addOverride(name, value);
  return resource;
};
stack.addOverride("terraform.required_providers", {
  null: { source: "hashicorp/null", version: "1.0.0" },
  own: { source: "${OWN_PROVIDER}", version: "1.0.0" },
});
${body}
`);

/** A file that gets a line whenever a resource of the test is destroyed. */
const GRAVE = "grave";
const BURY = `{ "local-exec": { when: "destroy", command: "echo buried >> ../../../${GRAVE}" } }`;

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

const environment: NodeJS.ProcessEnv = {};
beforeAll(() => {
  nullProvider();
  environment.TF_CLI_CONFIG_FILE = ownProvider();
}, 300_000);

const projects: Project[] = [];
afterAll(() => projects.forEach((project) => project.end()));

function projectWith(body: string): Project {
  const project = new Project(stackWith(body));
  projects.push(project);
  return project;
}

function deploy(project: Project, body: string, flags = ""): Promise<Outcome> {
  project.write("main.ts", stackWith(body));
  return project.run(`deploy ${flags}`, environment);
}

/** The printed lines about the plan: its heading and the indented lines below it, without the agents' lines. */
const planOf = ({ stdout }: Outcome): string[] =>
  stdout
    .split("\n")
    .filter(
      (line) =>
        line.startsWith("stack: ") ||
        /^ {2}(\+|-|~|\.|-\/\+|\d) ?\S/.test(line),
    );

const buried = (project: Project): number =>
  existsSync(project.path(GRAVE))
    ? readFileSync(project.path(GRAVE), "utf8").trim().split("\n").length
    : 0;

const stateOf = (project: Project): string =>
  readFileSync(project.path("terraform.stack.tfstate"), "utf8");

/** Expects that a destructive deploy is refused, and changes nothing. */
async function expectRefusal(
  project: Project,
  body: string,
  names: readonly string[],
): Promise<void> {
  const [state, before] = [stateOf(project), buried(project)];
  const { exitCode, stderr } = await deploy(project, body);
  expect(exitCode).toBe(1);
  for (const name of names) expect(stderr).toContain(`\n  ${name}\n`);
  expect(stderr).toContain("deploy with --allow-destroy");
  expect([stateOf(project), buried(project)]).toEqual([state, before]);
}

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
      /^stack: stores\/test to remove; 3 resources to destroy\n/,
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

describe("a deploy that would destroy one of the user's resources", () => {
  const MINE = `thing("terraform_data", "mine", { provisioner: [${BURY}] });`;

  test("fails without a terminal, if it is not allowed", async () => {
    const project = projectWith(MINE);
    expect((await deploy(project, MINE)).exitCode).toBe(0);
    await expectRefusal(project, "", ["- terraform_data.mine"]);
  });

  /** Deploys in a pseudo-terminal, and types the given text. */
  const inTerminal = (project: Project, typed: string): Promise<Outcome> =>
    project.inTerminal("deploy", typed, environment);

  test("asks in a terminal, and continues only with yes", async () => {
    const project = projectWith(MINE);
    expect((await deploy(project, MINE)).exitCode).toBe(0);
    project.write("main.ts", stackWith(""));
    const state = stateOf(project);
    for (const typed of ["no\n", "\n", "y\n", "\u0004", "\u0003"]) {
      const { exitCode, stdout } = await inTerminal(project, typed);
      expect(stdout).toContain("- terraform_data.mine");
      expect(stdout).toContain("Type yes to continue:");
      expect(exitCode).not.toBe(0);
      expect(stateOf(project)).toBe(state);
    }
    const { exitCode } = await inTerminal(project, "yes\n");
    expect(exitCode).toBe(0);
    expect(stateOf(project)).not.toContain('"mine"');
  });
});
