import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { controlPlane, program, Project } from "./support/project";

const project = new Project("");
afterAll(() => project.end());

test("fails when the app fails, and shows its error and the line of the app", async () => {
  project.write(
    "main.ts",
    `console.log("before");\n${program(controlPlane(["cp-1", "cp-1"]))}`,
  );
  const { exitCode, stdout, stderr } = await project.run("deploy");
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(
    /^Error: The app failed: node .*main\.ts\n\nbefore\nInputError: Two nodes have the name "cp-1"/,
  );
  expect(stderr).toMatch(/at .*\(main\.ts:\d+:\d+\)/);
  expect(stderr).not.toMatch(/node_modules\/(?!tsx\/dist\/cli)|node:internal/);
});

test("shows cdktf's annotations, but no other output of an app that succeeds", async () => {
  project.write(
    "main.ts",
    program(`console.log("chatter");
      console.error("more of it");
      Annotations.of(stack).addWarning("mind this");
      Annotations.of(stack).addInfo("know that");`),
  );
  const { exitCode, stdout, stderr } = await project.run("deploy");
  expect(exitCode).toBe(0);
  expect(stderr).toBe("Warning: stack: mind this\n");
  expect(stdout).toBe("stack: know that\nstack: no changes\n");
});

test("fails when the app does not synthesize", async () => {
  project.write("main.ts", "");
  const { exitCode, stderr } = await project.run("deploy");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("did not write cdktf.out/manifest.json");
  expect(stderr).toContain("app.synth()");
});

test.each([
  ["no cdktf.json", undefined, "There is no cdktf.json in"],
  ["no app in cdktf.json", "{}", '"app" is missing'],
  ["invalid JSON in cdktf.json", "{", "cdktf.json cannot be used"],
  ["null in cdktf.json", "null", "it is not a JSON object"],
  ["an empty output", '{"app":"true","output":""}', '"output" is not a path'],
])("fails when there is %s", async (_, text, message) => {
  if (text === undefined) project.remove("cdktf.json");
  else project.write("cdktf.json", text);
  const { exitCode, stderr } = await project.run("deploy");
  expect(exitCode).toBe(1);
  expect(stderr).toContain(message);
});

test("reads a cdktf.json that begins with a byte order mark", async () => {
  project.write("cdktf.json", '\ufeff{"app":"touch ran-with-mark"}');
  await project.run("deploy");
  expect(existsSync(project.path("ran-with-mark"))).toBe(true);
});

test("fails before the app runs when the output folder is a dangling link", async () => {
  symlinkSync("nowhere/deep", project.path("dangling"));
  project.write(
    "cdktf.json",
    JSON.stringify({ app: "touch ran", output: "dangling/out" }),
  );
  const { exitCode, stderr } = await project.run("deploy");
  expect(exitCode).toBe(1);
  expect(stderr).toContain('The output folder "dangling/out" cannot be used');
  expect(existsSync(project.path("ran"))).toBe(false);
});

test("creates an output folder of several levels", async () => {
  project.write(
    "cdktf.json",
    JSON.stringify({ app: "ls -d a/b/c >listed", output: "a/b/c" }),
  );
  await project.run("deploy");
  expect(readFileSync(project.path("listed"), "utf8")).toBe("a/b/c\n");
});
