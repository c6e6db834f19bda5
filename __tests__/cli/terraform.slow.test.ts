import { existsSync } from "node:fs";
import { controlPlane, program, Project } from "./support/project";
import { TERRAFORM_NAME } from "../support/requirements";

const project = new Project(program(controlPlane(["cp-1"])));
afterAll(() => project.end());

/** A fake Terraform that can do nothing but answer with its version. */
function fakeTerraform(answer: string): string {
  project.write("bin/fake", `#!/bin/sh\n${answer}\n`, 0o755);
  return project.path("bin/fake");
}

const json = (version: string): string =>
  `[ "$*" = "version -json" ] && echo '{"terraform_version": "${version}"}'`;

test("fails before the app runs when there is no Terraform, and says how to get it", async () => {
  const { exitCode, stdout, stderr } = await project.run("deploy", {
    PATH: project.path("bin"),
    TERRAFORM_BINARY_NAME: undefined,
  });
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(
    /^Error: terraform is not on the PATH\. Install Terraform 1\.5 or later, or OpenTofu:\n/,
  );
  expect(stderr).toContain("https://developer.hashicorp.com/terraform/install");
  expect(stderr).toContain("https://opentofu.org/docs/intro/install");
  expect(existsSync(project.path("cdktf.out"))).toBe(false);
});

test.each(["0.15.5", "1.4.6", "1.4.7-dev"])(
  "fails when Terraform is %s",
  async (version) => {
    const { exitCode, stderr } = await project.run("destroy", {
      TERRAFORM_BINARY_NAME: fakeTerraform(json(version)),
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`^Error: .*fake is version ${version}`));
    expect(existsSync(project.path("cdktf.out"))).toBe(false);
  },
);

test("fails when Terraform is too old to print JSON", async () => {
  const { stderr } = await project.run("deploy", {
    TERRAFORM_BINARY_NAME: fakeTerraform("echo 'Terraform v0.11.14'"),
  });
  expect(stderr).toContain("fake is version 0.11.14");
});

test("fails when the program is not Terraform", async () => {
  const { exitCode, stderr } = await project.run("deploy", {
    TERRAFORM_BINARY_NAME: fakeTerraform("echo hello; exit 3"),
  });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/does not print a version.*\n {2}hello\n/);
});

test("fails when TF_CLI_ARGS has an option that not every command takes, and names the variable", async () => {
  const { exitCode, stderr } = await project.run("plan", {
    TF_CLI_ARGS: "-lock=false",
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('TF_CLI_ARGS is "-lock=false"');
  expect(stderr).toContain("TF_CLI_ARGS_plan");
});

test("hides a missing CLI configuration from Terraform, and keeps an existing one", async () => {
  const seen = async (path: string): Promise<string> => {
    const { stderr } = await project.run("deploy", {
      TERRAFORM_BINARY_NAME: fakeTerraform(
        'echo "It sees <$TF_CLI_CONFIG_FILE>"; exit 3',
      ),
      TF_CLI_CONFIG_FILE: project.path(path),
    });
    return /It sees <(.*)>/.exec(stderr)?.[1] ?? "nothing was seen";
  };
  project.write("there.tfrc", "");
  expect(await seen("there.tfrc")).toBe(project.path("there.tfrc"));
  expect(await seen("missing.tfrc")).toBe("");
});

test("fails when Terraform is killed, and names what ended it", async () => {
  const { exitCode, stderr } = await project.run("deploy", {
    TERRAFORM_BINARY_NAME: fakeTerraform(`${json("1.11.4")} || kill -KILL $$`),
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("It was ended by SIGKILL.");
});

test("fails when Terraform prints something else than its state", async () => {
  const { exitCode, stderr } = await project.run("deploy", {
    TERRAFORM_BINARY_NAME: fakeTerraform(
      `[ "$1 $2" = "state pull" ] && echo "Welcome to the company's Terraform" || exec ${TERRAFORM_NAME} "$@"`,
    ),
  });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/`terraform state pull` failed in .*Nothing was done/);
  expect(stderr).toContain("Welcome to the company's Terraform");
  expect(existsSync(project.path("clusters"))).toBe(false);
});
