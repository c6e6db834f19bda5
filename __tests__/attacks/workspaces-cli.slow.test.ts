import { readFileSync } from "node:fs";
import { controlPlane, program, Project } from "../cli/support/project";

const OTHER = { TF_WORKSPACE: "other" };
const KEY = "clusters/test/nodes/cp-1/root/etc/kubernetes/pki/apiserver.key";

describe("a cluster of the default workspace", () => {
  const project = new Project(program(controlPlane(["cp-1"])));
  afterAll(() => project.end());
  let key: string;
  const read = () => readFileSync(project.path(KEY), "utf8");
  beforeAll(async () => {
    expect((await project.run("deploy")).exitCode).toBe(0);
    key = read();
  });
  afterEach(() => expect(read()).toBe(key));

  test.each([
    "deploy",
    "destroy",
    "check",
    "inspect",
    "check clusters/test",
    "inspect clusters/test",
  ])(
    "is refused to `%s` in another workspace, before anything is done",
    async (command) => {
      const { exitCode, stdout, stderr } = await project.run(command, OTHER);
      expect([exitCode, stdout]).toEqual([1, ""]);
      expect(stderr).toContain(
        "Error: clusters/test belongs to the workspace default of Terraform, not to other. Nothing in it was changed.",
      );
      expect(stderr).toContain("TF_WORKSPACE=default");
      expect(stderr).toContain("clusters/${terraform.workspace}");
    },
  );

  test("is refused to a workspace that was selected in the stack's folder", async () => {
    const data = "cdktf.out/stacks/stack/.terraform/environment";
    project.write(data, "selected");
    const { exitCode, stderr } = await project.run("destroy");
    project.remove(data);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("not to selected");
  });

  test("is refused to a workspace that was selected in another TF_DATA_DIR", async () => {
    project.write("data/environment", "elsewhere");
    const { exitCode, stderr } = await project.run("destroy", {
      TF_DATA_DIR: project.path("data"),
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("not to elsewhere");
  });

  test("cannot be torn down as if it had left the program", async () => {
    const { exitCode, stderr } = await project.run(
      "teardown clusters/test",
      OTHER,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain("which is part of this app");
  });

  test.each([
    ["TF_CLI_ARGS_destroy", "-state=other.tfstate"],
    ["TF_CLI_ARGS_apply", "-auto-approve --state-out=/tmp/other.tfstate"],
    ["TF_CLI_ARGS_apply", "-destroy"],
    ["TF_CLI_ARGS", "'-state' other.tfstate"],
  ])("fails when %s holds %s", async (name, args) => {
    const { exitCode, stdout, stderr } = await project.run("deploy", {
      [name]: args,
    });
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`The environment variable ${name} contains -`);
  });

  test("is kept by a destroy without its state, until the state knows it again", async () => {
    project.remove("terraform.stack.tfstate");
    const { exitCode, stdout } = await project.run("destroy");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^stack: nothing to remove\nKept: clusters\/test,/);
    expect(stdout).toContain("deploy first");
    const again = await project.run("deploy");
    expect(again.stdout).toContain(
      "Terraform's state has no record of clusters/test",
    );
  });
});

describe("a store for each workspace", () => {
  const inWorkspace = (name: string) => `clusters/${name}/test`;
  const project = new Project(
    program(
      controlPlane(["cp-1"]).replace(
        'clusterName: "test",',
        'clusterName: "test", outputDirectory: "clusters/${terraform.workspace}",',
      ),
    ),
  );
  afterAll(() => project.end());

  test("is made and summarized by deploy", async () => {
    for (const [name, environment] of [
      ["default", {}],
      ["other", OTHER],
    ] as const) {
      const { exitCode, stdout, stderr } = await project.run(
        "deploy",
        environment,
      );
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(stdout).toContain(
        `export KUBECONFIG=${inWorkspace(name)}/kubeconfigs/admin.conf`,
      );
    }
  });

  test("is found by inspect", async () => {
    const { exitCode, stdout } = await project.run("inspect", OTHER);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(inWorkspace("other"));
    expect(stdout).not.toContain(inWorkspace("default"));
  });

  test("is not torn down from another workspace, because it is in use", async () => {
    const { exitCode, stderr } = await project.run(
      `teardown ${inWorkspace("other")}`,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "TF_WORKSPACE=other cdktf-control-plane destroy stack",
    );
    expect(project.files(inWorkspace("other"))).toContain("apiserver.key");
  });

  test("is destroyed without the other one", async () => {
    const { exitCode, stdout } = await project.run("destroy", OTHER);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`stack: ${inWorkspace("other")} to remove`);
    expect(project.files(inWorkspace("other"))).not.toContain("apiserver.key");
    expect(project.files(inWorkspace("default"))).toContain("apiserver.key");
    expect((await project.run("deploy")).stdout).toContain("no changes");
  });
});

test("a store of another workspace is not proposed for teardown, although its cluster is not in this app", async () => {
  const project = new Project(program(controlPlane(["cp-1"])));
  try {
    await project.run("deploy", OTHER);
    project.write(
      "main.ts",
      program(controlPlane(["cp-1"]).replaceAll('"test"', '"second"')),
    );
    const { exitCode, stderr } = await project.run("deploy");
    expect([exitCode, stderr]).toEqual([0, ""]);
    const teardown = await project.run("teardown clusters/test", {
      TF_WORKSPACE: "default",
    });
    expect(teardown.exitCode).toBe(1);
    expect(teardown.stderr).toContain("belongs to the workspace other");
  } finally {
    project.end();
  }
});
