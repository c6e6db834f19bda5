import {
  BURY,
  deploy,
  endProjects,
  environment,
  expectRefusal,
  makeProviders,
  projectWith,
  stackWith,
  stateOf,
} from "./support/own-resources";
import type { Outcome, Project } from "./support/project";

beforeAll(makeProviders, 300_000);
afterAll(endProjects);

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
