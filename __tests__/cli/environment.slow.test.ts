import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from "node:fs";
import { cluster } from "../support/cluster";
import { Deployment, NOTHING } from "../support/terraform";
import { CLI, program, Project } from "./support/project";
import { TERRAFORM_NAME } from "../support/requirements";

/** A CA, which is quick to make. */
const SMALL = program(`
const store = new Store(stack, "store", { directory: "stores/test" });
new CertificateAuthority(stack, "ca", { store, commonName: "ca", keyAlgorithm: KeyAlgorithm.ECDSA_P256 });
`);
const TERRAFORM = execFileSync("sh", ["-c", `command -v ${TERRAFORM_NAME}`])
  .toString()
  .trim();

/** Removes what a deploy made, and the state. */
const forget = (project: Project): void =>
  ["stores", "terraform.stack.tfstate"].forEach((path) => project.remove(path));

/** A module that writes down which program loads it, and that fails in an agent. */
const LOADER = (log: string): string => `
const { appendFileSync } = require("node:fs");
const program = process.argv[1] ?? "";
appendFileSync(${JSON.stringify(log)}, program + "\\n");
if (program.endsWith("agent.cjs")) throw new Error("pnp: cannot find");
`;

describe("what the environment asks of Node.js", () => {
  const project = new Project(SMALL);
  afterAll(() => project.end());
  beforeEach(() => forget(project));

  test.each(["./loader.cjs", project.path("loader.cjs")])(
    "reaches the app, but no agent: --require %s",
    async (path) => {
      project.write("loader.cjs", LOADER(project.path("log")));
      const { exitCode, stdout, stderr } = await project.run("deploy", {
        NODE_OPTIONS: `--require ${path}`,
      });
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("pki/ca: 2 files made");
      const programs = readFileSync(project.path("log"), "utf8");
      expect(programs).toContain("main.ts");
      expect(programs).not.toContain("agent.cjs");
    },
  );

  test.each([
    ["--inspect=127.0.0.1:0", {}, "Debugger listening"],
    ["", { NODE_DEBUG: "fs,module" }, "MODULE"],
    ["", { NODE_EXTRA_CA_CERTS: "/nonexistent" }, "extra certs"],
  ])(
    "puts nothing among the lines of an agent: %s %j",
    async (options, more, words) => {
      const { exitCode, stdout } = await project.run("deploy", {
        NODE_OPTIONS: options,
        ...more,
      });
      expect(exitCode).toBe(0);
      expect(stdout).not.toContain(words);
    },
  );

  test("does not reach an agent that plain Terraform starts", () => {
    const log = project.path("plain-log");
    project.write("plain.cjs", LOADER(log));
    const deployment = new Deployment({
      NODE_OPTIONS: `--require ${project.path("plain.cjs")}`,
    });
    try {
      deployment.program(cluster()).apply();
      expect(existsSync(log)).toBe(false);
      expect(deployment.plan().changes).toEqual(NOTHING);
    } finally {
      deployment.dispose();
    }
  });
});

describe("Node.js on the PATH of Terraform", () => {
  const project = new Project(SMALL);
  afterAll(() => project.end());
  beforeAll(() => {
    mkdirSync(project.path("bin"));
    symlinkSync(TERRAFORM, project.path(`bin/${TERRAFORM_NAME}`));
    project.write(
      "cdktf.json",
      JSON.stringify({
        app: `${process.execPath} node_modules/tsx/dist/cli.mjs main.ts`,
      }),
    );
  });
  beforeEach(() => forget(project));
  const deploy = () =>
    project.run("deploy", {
      PATH: `${project.path("bin")}:/dev/null:/usr/bin/nowhere`,
    });

  test("may be missing: agents run with that of the command", async () => {
    const { exitCode, stdout } = await deploy();
    expect(exitCode).toBe(0);
    expect(stdout).toContain("pki/ca: 2 files made");
  });

  test("may be too old: agents run with that of the command", async () => {
    project.write("bin/node", "#!/bin/sh\necho v16.20.2; exit 1\n", 0o755);
    const { exitCode, stdout } = await deploy();
    expect(exitCode).toBe(0);
    expect(stdout).toContain("pki/ca: 2 files made");
  });
});

describe("a folder for temporary files that cannot be used", () => {
  const project = new Project(SMALL);
  afterAll(() => project.end());
  const expectNothing = (): void => {
    expect(existsSync(project.path("cdktf.out"))).toBe(false);
    expect(existsSync(project.path("stores"))).toBe(false);
  };

  test.each([
    ["/nonexistent/tmp", "it does not exist"],
    ["tmp", "it is not an absolute path"],
    ["/proc", "no files can be written there"],
    ["/dev/null", "it is not a folder"],
  ])("fails before anything else with TMPDIR=%s", async (path, reason) => {
    const { exitCode, stdout, stderr } = await project.run("deploy", {
      TMPDIR: path,
    });
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(
      `Error: TMPDIR "${path}", the folder for temporary files, cannot be used: ${reason}`,
    );
    expectNothing();
  });

  test.each([
    ["full", "size=64k", "it has less than 1 MiB of free space (ENOSPC)"],
    ["read-only", "ro", "no files can be written there (EROFS)"],
  ])("fails before anything else if it is %s", (_, options, reason) => {
    const path = project.path("mounted");
    mkdirSync(path, { recursive: true });
    const { status, stderr } = spawnSync(
      "unshare",
      [
        "-m",
        "sh",
        "-c",
        `mount -t tmpfs -o ${options} none ${path} && TMPDIR=${path} exec ${process.execPath} ${CLI} deploy`,
      ],
      { cwd: project.directory, encoding: "utf8" },
    );
    expect(status).toBe(2);
    expect(stderr).toContain(`cannot be used: ${reason}`);
    expectNothing();
  });

  test.each(["a%b", "a:b", "a b"])(
    "may have the name %s, and is left empty",
    async (name) => {
      const path = project.path(name);
      mkdirSync(path);
      const { exitCode } = await project.run("deploy", { TMPDIR: path });
      expect(exitCode).toBe(0);
      // tsx keeps a cache there.
      const left = readdirSync(path).filter((each) => !each.startsWith("tsx-"));
      expect(left).toEqual([]);
      forget(project);
    },
  );

  test("does not matter to inspect, which writes nothing", async () => {
    await project.run("deploy");
    const { exitCode } = await project.run("inspect", { TMPDIR: "/proc" });
    expect(exitCode).toBe(0);
  });
});

test("fails when the backend changed, and names the command in the stack's folder", async () => {
  const project = new Project(SMALL);
  try {
    expect((await project.run("deploy")).exitCode).toBe(0);
    project.write("main.ts", SMALL.replace("terraform.stack", "moved.stack"));
    const { exitCode, stderr } = await project.run("deploy");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `  ${TERRAFORM_NAME} -chdir=cdktf.out/stacks/stack init -migrate-state\n`,
    );
    expect(stderr).toContain("init -reconfigure");
  } finally {
    project.end();
  }
});
