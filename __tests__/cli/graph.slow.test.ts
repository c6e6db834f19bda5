import { existsSync, readFileSync } from "node:fs";
import { Store } from "../../lib/store/store";
import { FakeHost } from "./support/fake-host";
import { FILE, HostedStore } from "./support/hosted-store";
import { controlPlane, program, Project } from "./support/project";

const FORMS = [
  "graph",
  "graph --format dot",
  "graph --format mermaid",
  "report",
  "report --html",
];

describe("a control plane", () => {
  const project = new Project(
    program(`${controlPlane(["cp-1", "cp-2"])}
controlPlane.addUser("jane");`),
  );
  afterAll(() => project.end());

  test.each(FORMS)("has a %s before its first deploy", async (command) => {
    const { exitCode, stdout, stderr } = await project.run(command);
    expect([exitCode, stderr]).toEqual([0, ""]);
    for (const word of ["cp-1", "cp-2", "jane", "not made yet"])
      expect(stdout).toContain(word);
    expect(existsSync(project.path("clusters"))).toBe(false);
  });

  test("needs no Terraform for that", async () => {
    const { exitCode, stdout } = await project.run("graph", {
      TERRAFORM_BINARY_NAME: "no-terraform",
    });
    expect([exitCode, stdout.slice(0, 4)]).toEqual([0, "<svg"]);
  });

  test.each(FORMS)("has a %s after it, without a secret", async (command) => {
    await deployed();
    const { exitCode, stdout, stderr } = await project.run(command);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/3\d\d days/);
    const found = secretsOf(new Store(project.path("clusters/test")));
    expect(found.length).toBeGreaterThan(100);
    expect(found.filter((secret) => stdout.includes(secret))).toEqual([]);
  });

  test("compares the CAs with the state, and says what differs", async () => {
    await deployed();
    const { stdout } = await project.run("report");
    expect(stdout).toContain(
      "Their files were compared with the hashes in Terraform's state.",
    );
    const ca = "clusters/test/pki/ca.crt";
    const before = readFileSync(project.path(ca), "utf8");
    project.write(
      ca,
      readFileSync(project.path("clusters/test/pki/etcd/ca.crt"), "utf8"),
    );
    const { exitCode, stdout: told } = await project.run("report");
    project.write(ca, before);
    expect(exitCode).toBe(0);
    expect(told).toMatch(/^- ✗ `pki\/ca.crt`: it differs from the hash/m);
  });

  test("writes to a file, and says so", async () => {
    const { exitCode, stdout } = await project.run("graph --out cluster.svg");
    expect([exitCode, stdout]).toEqual([0, "cluster.svg was written\n"]);
    expect(readFileSync(project.path("cluster.svg"), "utf8")).toMatch(
      /^<svg [^]*<\/svg>\n$/,
    );
  });

  test("fails when the inventory of its store is damaged", async () => {
    await deployed();
    const path = "clusters/test/inventory.json";
    const before = readFileSync(project.path(path), "utf8");
    project.write(path, "{", 0o600);
    const { exitCode, stderr } = await project.run("graph");
    project.write(path, before, 0o600);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining("inventory.json"),
    ]);
  });

  test.each([
    [
      "graph --format png",
      2,
      'Error: "png" is not a format. The formats are svg, dot, mermaid.\n',
    ],
    ["graph nowhere", 2, 'Error: The app has no stack "nowhere". '],
    [
      "graph plans/stack.plan",
      2,
      'Error: The app has no stack "plans/stack.plan". Its stacks are stack.\nThere is no file of this name either. ',
    ],
    [
      "graph stak",
      2,
      'Error: The app has no stack "stak". Its stacks are stack.\nDid you mean stack?\n',
    ],
    [
      "graph --out cluster.png",
      2,
      "Error: cluster.png ends in .png, but without --format a picture is an SVG.",
    ],
    [
      "report --out missing/report.html",
      1,
      "Error: missing/report.html cannot be written (ENOENT).\n",
    ],
    ["report --format svg", 2, "Error: report does not take --format. "],
  ])("fails when it is called as %s", async (command, code, message) => {
    const { exitCode, stdout, stderr } = await project.run(command);
    expect([exitCode, stdout]).toEqual([code, ""]);
    expect(stderr.slice(0, message.length)).toBe(message);
  });

  let isDeployed = false;
  async function deployed(): Promise<void> {
    if (!isDeployed) expect((await project.run("deploy")).exitCode).toBe(0);
    isDeployed = true;
  }
});

/** Every line of every private key, every token, and all that is in kubeconfigs. */
function secretsOf(store: Store): string[] {
  return store.files().flatMap((file) => {
    const text = store.read(file)?.toString() ?? "";
    const isKey = text.includes("PRIVATE KEY");
    const isKubeconfig = /\.conf$/.test(file);
    const isToken = /\.(token|secret)$/.test(file);
    if (!(isKey || isKubeconfig || isToken)) return [];
    return text.match(/[\w+/=.-]{24,}/g) ?? [];
  });
}

test("fails when no construct of this library is in the stacks", async () => {
  const project = new Project(program(""));
  const { exitCode, stderr } = await project.run("report");
  expect([exitCode, stderr]).toEqual([
    1,
    "Error: There is nothing to show: no construct of this library is in stack.\nAdd a ControlPlane, or another construct of cdktf-control-plane, to a stack of the app.\n",
  ]);
  project.end();
});

test("asks the hosts with --check, and says how they differ", async () => {
  const place = new HostedStore();
  const host = await FakeHost.start();
  await place.keep({ "cp-1": host });
  host.write(FILE, "edited");
  const hosted = controlPlane(["cp-1"])
    .replaceAll('"test"', '"demo"')
    .replace('"address"', 'access: NodeAccess.ssh({ host: "10.0.0.1" }), $&');
  const main = program(hosted).replace('(app, "stack")', '(app, "demo")');
  const project = new Project(main, place.root);
  const { exitCode, stdout, stderr } = await project.run("report --check");
  await host.end();
  place.end();
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("The hosts were asked now.");
  expect(stdout).toContain("- ✗ Not as they should be: cp-1.");
  expect(stdout).toContain(`- ✗ cp-1: ${FILE} is not as it was delivered`);
});
