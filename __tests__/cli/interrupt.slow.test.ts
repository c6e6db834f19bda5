import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { controlPlane, program, Project } from "./support/project";

/** A project with a key algorithm that takes long enough to be interrupted. */
const project = new Project(program(controlPlane(["cp-1"], "RSA_3072")));
afterAll(() => project.end());

/** The command lines of the processes whose working directory is in the project's folder. */
const runningHere = (): string[] =>
  readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const here = readlinkSync(`/proc/${pid}/cwd`);
        return here.startsWith(project.directory)
          ? [readFileSync(`/proc/${pid}/cmdline`, "utf8")]
          : [];
      } catch {
        return [];
      }
    });

test("Ctrl-C ends Terraform in an orderly way, and the next command continues from there", async () => {
  const { child, outcome } = project.start("deploy");
  await new Promise<void>((resolve) => {
    child.stdout?.on("data", (data: Buffer) => {
      if (String(data).includes("pki/")) resolve();
    });
  });
  // Two signals for one Ctrl-C: the terminal sends the first one, and npm passes on a second one.
  child.kill("SIGINT");
  child.kill("SIGINT");
  const { exitCode, stdout, stderr } = await outcome;

  expect(exitCode).toBe(130);
  expect(stderr).toBe(
    "Warning: Stopping once the current step has finished…\n",
  );
  expect(stdout).toMatch(
    /Stopped\. To continue from here, run the same command again\.\n$/,
  );
  expect(runningHere()).toEqual([]);
  // Terraform had time to write and to unlock its state.
  expect(existsSync(project.path(".terraform.stack.tfstate.lock.info"))).toBe(
    false,
  );
  expect((await project.run("destroy")).exitCode).toBe(0);
});

test("Ctrl-C during synthesis ends the app, and changes nothing", async () => {
  project.write("main.ts", "setInterval(() => undefined, 1000);");
  const { child, outcome } = project.start("deploy");
  const appRuns = () =>
    runningHere().some((command) => command.includes("main.ts"));
  while (!appRuns()) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGINT");
  const { exitCode, stdout } = await outcome;
  expect(exitCode).toBe(130);
  expect(stdout).toBe(
    "Stopped. To continue from here, run the same command again.\n",
  );
  expect(runningHere()).toEqual([]);
});
