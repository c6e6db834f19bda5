import { existsSync, readFileSync, rmSync } from "node:fs";
import { MANIFEST_FILE } from "../../lib/request/manifest";
import { controlPlane, program, Project } from "./support/project";

describe("a project", () => {
  const project = new Project(program(controlPlane(["cp-1"])));
  afterAll(() => project.end());
  const path = `cdktf.out/stacks/stack/${MANIFEST_FILE}`;
  /** Synthesizes only: the command runs a fake Terraform that fails after `terraform version`. */
  const synthesized = () => {
    project.write(
      "bin/terraform",
      '#!/bin/sh\n[ "$1" = version ] && echo \'{"terraform_version": "1.11.4"}\' && exit 0\nexit 3\n',
      0o755,
    );
    return project.run("deploy", {
      TERRAFORM_BINARY_NAME: project.path("bin/terraform"),
    });
  };

  test("fails when its manifest is missing, before it reads anything else", async () => {
    await synthesized();
    rmSync(project.path(path));
    for (const command of ["inspect", "check"]) {
      const { exitCode, stdout, stderr } = await project.run(command);
      expect([exitCode, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^Error: stack: .*is missing/);
    }
  });

  test("has its manifest again after the next synthesis, and none once it no longer uses this library", async () => {
    await synthesized();
    const { stores } = JSON.parse(readFileSync(project.path(path), "utf8")) as {
      stores: unknown[];
    };
    expect(stores).toHaveLength(1);
    project.write("main.ts", program(""));
    await synthesized();
    expect(existsSync(project.path(path))).toBe(false);
    const { stderr } = await project.run("inspect clusters/none");
    expect(stderr).not.toContain("is missing");
  });
});
