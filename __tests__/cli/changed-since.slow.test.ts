import { program, Project } from "./support/project";

/** Nodes with a file of the user, and a resource that changes the file after the plan, before it is read again. */
const body = (command: string): string => `
new ControlPlane(stack, "test", {
  clusterName: "test",
  kubernetesVersion: "1.36.3",
  endpoint: "api.example.org:6443",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  nodes: [1, 2].map((i) => ({
    name: "cp-" + i,
    address: "10.0.0." + i,
    files: [{ path: "/etc/kubernetes/audit.yaml", source: "my audit.yaml" }],
  })),
});
const edit = new TerraformResource(stack, "edit", { terraformResourceType: "terraform_data" });
edit.addOverride("provisioner", [{ "local-exec": { command: ${JSON.stringify(command)} } }]);
for (const each of stack.node.findAll())
  if (each.constructor.name === "Artefact" && each.name.endsWith("audit.yaml"))
    each.addOverride("depends_on", ["terraform_data.edit"]);
`;

const main = (command: string): string => program(body(command));

test("fails when a file changes between the plan and its apply, names it, and succeeds the next time", async () => {
  const project = new Project(main("echo changed > '../../../my audit.yaml'"));
  project.write("my audit.yaml", "planned\n");
  try {
    const { exitCode, stdout, stderr } = await project.run("deploy");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "Error: changed since the plan was made: my audit.yaml\nNothing was made from it. Plan again.\n",
    );
    expect(stderr.match(/changed since the plan/g)).toHaveLength(1);
    expect(stdout + stderr).not.toMatch(/bug in the provider|inconsistent/);

    const again = await project.run("deploy");
    expect([again.exitCode, again.stderr]).toEqual([0, expect.any(String)]);
    expect((await project.run("deploy")).stdout).toMatch(
      /^stack: no changes\n/,
    );
  } finally {
    project.end();
  }
});
