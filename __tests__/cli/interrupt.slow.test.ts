import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { controlPlane, program, Project } from "./support/project";

/** Keys that take a while. */
const project = new Project(program(controlPlane(["cp-1"], "RSA_3072")));
afterAll(() => project.end());

/** The programs that run in a folder below the project's. */
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

test("Ctrl-C ends Terraform in good order, and what was made is gone on with", async () => {
  const { child, outcome } = project.start("deploy");
  await new Promise<void>((resolve) => {
    child.stdout?.on("data", (data: Buffer) => {
      if (String(data).includes("pki/")) resolve();
    });
  });
  // As npm does with one press of the keys: it passes on what the terminal has sent already.
  child.kill("SIGINT");
  child.kill("SIGINT");
  const { exitCode, stdout, stderr } = await outcome;

  expect(exitCode).toBe(130);
  expect(stderr).toBe(
    "Warning: Stops as soon as what is being done is done…\n",
  );
  expect(stdout).toMatch(/Stopped\. The same command goes on from here\.\n$/);
  expect(runningHere()).toEqual([]);
  // Terraform had the time to write what it knows and to unlock it.
  expect(existsSync(project.path(".terraform.stack.tfstate.lock.info"))).toBe(
    false,
  );
  expect((await project.run("destroy")).exitCode).toBe(0);
});

test("Ctrl-C while the app runs begins nothing", async () => {
  project.write("main.ts", "setInterval(() => undefined, 1000);");
  const { child, outcome } = project.start("deploy");
  const appRuns = () =>
    runningHere().some((command) => command.includes("main.ts"));
  while (!appRuns()) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGINT");
  const { exitCode, stdout } = await outcome;
  expect(exitCode).toBe(130);
  expect(stdout).toBe("Stopped. The same command goes on from here.\n");
  expect(runningHere()).toEqual([]);
});
