import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { controlPlane, program, Project } from "./support/project";

const main = (more = "") =>
  program(
    controlPlane(["cp-1", "cp-2", "cp-3"]).replace(
      /\n\}\);/,
      `\n  ${more}\n});\nnew TerraformResource(stack, "own", { terraformResourceType: "terraform_data" });`,
    ),
  );

const FLAG = 'apiServer: { extraArgs: { "audit-log-maxage": "30" } },';
const NAME = 'certSans: ["api.internal"],';

describe("the plan of a control plane", () => {
  const project = new Project(main());
  afterAll(() => project.end());

  test("shows what a first deploy makes, and changes nothing", async () => {
    const { exitCode, stdout, stderr } = await project.run("plan");
    expect([exitCode, stderr]).toEqual([2, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(
      /^stack: \d+ files to make; 1 other resource to make$/,
    );
    expect(lines).toContain(
      "  + /etc/kubernetes/pki/apiserver.{crt,key} on cp-1, cp-2, cp-3",
    );
    expect(lines).toContain("  + terraform_data.own");
    expect(existsSync(project.path("clusters"))).toBe(false);
  });

  test("is empty after a deploy, under its other name as well", async () => {
    expect((await project.run("deploy")).exitCode).toBe(0);
    const { exitCode, stdout, stderr } = await project.run("diff");
    expect([exitCode, stdout, stderr]).toEqual([0, "stack: no changes\n", ""]);
  });

  test("shows each distinct change once, and why files are made again", async () => {
    project.write("main.ts", main(FLAG + NAME));
    project.remove(
      "clusters/test/nodes/cp-2/root/etc/kubernetes/scheduler.conf",
    );
    project.write(
      "clusters/test/nodes/cp-1/root/etc/kubernetes/manifests/etcd.yaml",
      "edited",
      0o600,
    );
    const { exitCode, stdout } = await project.run("plan");
    expect(exitCode).toBe(2);
    expect(stdout).toBe(`stack: 12 files to replace
  ~ /etc/kubernetes/manifests/etcd.yaml on cp-1
      etcd.yaml was edited in the store
  ~ /etc/kubernetes/manifests/kube-apiserver.yaml on cp-1, cp-2, cp-3
          - --tls-private-key-file=/etc/kubernetes/pki/apiserver.key
      +   - --audit-log-maxage=30
        image: registry.k8s.io/kube-apiserver:v1.36.3
  ~ /etc/kubernetes/pki/apiserver.{crt,key} on cp-1, cp-2, cp-3
      names: + api.internal
  ~ /etc/kubernetes/scheduler.conf on cp-2
      scheduler.conf is missing from the store
  ~ objects/kubeadm-config.yaml
        kind: ClusterConfiguration
      - apiServer: {}
      + apiServer:
      +   certSANs:
      +     - api.internal
      +   extraArgs:
      +     - name: audit-log-maxage
      +       value: '30'
        caCertificateValidityPeriod: 87600h0m0s
`);
  });

  test("has the same in JSON, with its exit code", async () => {
    const { exitCode, stdout } = await project.run("plan --json");
    const result = JSON.parse(stdout) as {
      exitCode: number;
      stacks: { files: { path: string; nodes: string[] }[] }[];
    };
    expect([exitCode, result.exitCode]).toEqual([2, 2]);
    expect(result.stacks[0].files[1]).toMatchObject({
      action: "replace",
      path: "/etc/kubernetes/manifests/kube-apiserver.yaml",
      nodes: ["cp-1", "cp-2", "cp-3"],
      lines: expect.arrayContaining([
        { mark: "+", text: "        - --audit-log-maxage=30" },
      ]) as unknown,
    });
  });

  test("can be saved, where only this user can read it, and applied exactly", async () => {
    const { exitCode, stdout } = await project.run("plan --out my.plan");
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(
      /\nTo apply exactly this plan: cdktf-control-plane deploy my\.plan\n$/,
    );
    expect(statSync(project.path("my.plan")).mode & 0o777).toBe(0o600);
    expect(readFileSync(project.path("my.plan"), "utf8")).not.toContain(
      "PRIVATE KEY",
    );
    // The program changes meanwhile, and the saved plan is applied all the same.
    project.write("main.ts", main());
    const deployed = await project.run("deploy my.plan");
    expect([deployed.exitCode, deployed.stderr]).toEqual([0, ""]);
    expect(deployed.stdout).toMatch(/^stack: 12 files to replace\n/);
    project.write("main.ts", main(FLAG + NAME));
    expect((await project.run("plan")).stdout).toBe("stack: no changes\n");
  });

  test("fails when it is applied after something else was", async () => {
    const { exitCode, stdout, stderr } = await project.run("deploy my.plan");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "changed since the plan was made: Terraform's state, by another run",
    );
    expect(stdout).toContain("stack: nothing was changed\n");
    expect(stdout).toContain(
      "plan again: cdktf-control-plane plan stack --out",
    );
  });

  test("fails when the program was synthesized again meanwhile", async () => {
    project.write("main.ts", main(FLAG));
    await project.run("plan --out my.plan");
    project.write("main.ts", main());
    await project.run("plan");
    const { exitCode, stderr } = await project.run("deploy my.plan");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "The program was synthesized again after my.plan was planned",
    );
    expect(stderr).toContain("cdk.tf.json");
  });

  test.each([
    ["it is no plan", "{}", "its format is undefined"],
    ["it is no JSON", "PK\u0003", "it is not JSON"],
    ["it is of a later version", '{"version":2}', "its format is 2"],
    ["it is cut", '{"version":1,"stack":"stack"}', "workspace is missing"],
  ])("fails when %s", async (_, text, problem) => {
    writeFileSync(project.path("bad.plan"), text);
    const { exitCode, stderr } = await project.run("deploy bad.plan");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("bad.plan is not a plan that this version can");
    expect(stderr).toContain(problem);
  });

  test("fails when another workspace is selected", async () => {
    await project.run("plan --out my.plan");
    const { exitCode, stderr } = await project.run("deploy my.plan", {
      TF_WORKSPACE: "other",
    });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("other");
  });

  test("fails when a saved plan is deployed together with stacks", async () => {
    const { exitCode, stderr } = await project.run("deploy my.plan stack");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Write: cdktf-control-plane deploy my.plan");
  });

  test("fails when it has to be confirmed and there is no terminal", async () => {
    const { exitCode, stdout, stderr } = await project.run("deploy --confirm");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("- --audit-log-maxage=30");
    expect(stderr).toContain("there is no terminal to ask in");
  });

  test("is shown and confirmed in a terminal, in colour", async () => {
    const declined = await project.inTerminal("deploy --confirm", "no\n");
    expect(declined.exitCode).toBe(1);
    expect(declined.stdout).toContain(
      "\u001b[31m      -   - --audit-log-maxage=30",
    );
    expect(declined.stdout).toContain("the plan was not confirmed");
    const { exitCode } = await project.inTerminal("deploy --confirm", "yes\n", {
      NO_COLOR: "1",
    });
    expect(exitCode).toBe(0);
    expect((await project.run("plan")).stdout).toBe("stack: no changes\n");
  });

  test("fails when a FIFO is in the place of a file of the store", async () => {
    const { execFileSync } = await import("node:child_process");
    const file = project.path("clusters/test/pki/ca.crt");
    const kept = readFileSync(file);
    project.remove("clusters/test/pki/ca.crt");
    execFileSync("mkfifo", [file]);
    const { exitCode, stderr } = await project.run("plan");
    project.remove("clusters/test/pki/ca.crt");
    project.write("clusters/test/pki/ca.crt", kept.toString());
    expect(exitCode).toBe(1);
    expect(stderr).toContain("pki/ca.crt");
  });
});

test("fails when the plans of several stacks are to be saved", async () => {
  const project = new Project(`
import { App, TerraformStack } from "cdktf";
const app = new App();
new TerraformStack(app, "one");
new TerraformStack(app, "two");
app.synth();
`);
  const { exitCode, stderr } = await project.run("plan --out my.plan");
  project.end();
  expect(exitCode).toBe(2);
  expect(stderr).toContain("there are 2: one, two");
});
