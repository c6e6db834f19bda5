import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { execFileSync, spawn } from "node:child_process";
import { TERRAFORM_NAME } from "../support/requirements";
import { controlPlane, CLI, program, Project } from "./support/project";
import { isColoured, liveLinesIn, rowsOf } from "./support/screen";

const TERRAFORM = execFileSync("sh", ["-c", `command -v ${TERRAFORM_NAME}`])
  .toString()
  .trim();
const STOPPED = "Stopped. To continue from here, run the same command again.";
const STOPPING = "Warning: Stopping once the current step has finished…";

const projects: Project[] = [];
afterAll(() => projects.forEach((project) => project.end()));
function projectWith(main: string): Project {
  const project = new Project(main);
  projects.push(project);
  return project;
}

/** The command lines of the processes whose working directory is in the project's folder. */
const runningIn = ({ directory }: Project): string[] =>
  readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(directory)
          ? [readFileSync(`/proc/${pid}/cmdline`, "utf8")]
          : [];
      } catch {
        return [];
      }
    });

interface Seen {
  readonly exitCode: number | null;
  /** What the terminal shows at the end. */
  readonly rows: readonly string[];
  /** What each rewriting of the last line was, without colours. */
  readonly lives: readonly string[];
  readonly raw: string;
}

/**
 * Runs a command in a pseudo-terminal of this width.
 *
 * @param typed what to type once a text is printed
 */
async function inTerminal(
  project: Project,
  args: string,
  columns: number,
  {
    typed,
    environment,
  }: {
    readonly typed?: readonly [string, string];
    readonly environment?: NodeJS.ProcessEnv;
  } = {},
): Promise<Seen> {
  const command = `stty cols ${columns} rows 40; before=$(stty -g); ${process.execPath} ${CLI} ${args}; code=$?; [ "$before" = "$(stty -g)" ] || echo "The terminal is not as it was."; exit $code`;
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    cwd: project.directory,
    env: { ...process.env, CI: "", TERM: "xterm", ...environment },
  });
  let raw = "";
  let isTyped = false;
  child.stdout.on("data", (data: Buffer) => {
    raw += String(data);
    if (typed && !isTyped && raw.includes(typed[0])) {
      isTyped = true;
      child.stdin.write(typed[1]);
    }
  });
  const exitCode = await new Promise<number | null>((resolve) =>
    child.on("close", resolve),
  );
  return {
    exitCode,
    rows: rowsOf(raw, columns),
    lives: liveLinesIn(raw),
    raw,
  };
}

describe("in a terminal", () => {
  const project = projectWith(program(controlPlane(["cp-1"])));

  test.each([
    [40, {}],
    [72, { NO_COLOR: "1" }],
    [200, {}],
  ])(
    "of %i columns, a deploy shows what goes on in one row, and leaves nothing of it",
    async (columns, environment) => {
      project.remove("clusters");
      project.remove("terraform.stack.tfstate");
      const { exitCode, rows, lives, raw } = await inTerminal(
        project,
        "deploy",
        columns,
        { environment },
      );
      expect(exitCode).toBe(0);
      for (const words of [
        "Looking for Terraform",
        "Running the app",
        "stack: initializing",
        "stack: reading the state",
        "stack: planning",
        "stack: applying",
      ])
        expect(lives.some((line) => line.startsWith(words))).toBe(true);
      expect(lives.filter((line) => line.length >= columns)).toEqual([]);
      expect(rows[0]).toMatch(/^stack: \d+ files to make$/);
      expect(rows).toContain("  cp-1: 36 files made");
      expect(rows.filter((row) => /^Done in \d/.test(row))).toHaveLength(1);
      expect(rows.filter((row) => /applying|planning|…$/.test(row))).toEqual(
        [],
      );
      // Nothing hides the cursor, or sets another mode of the terminal.
      expect(raw).not.toContain("\u001b[?");
      expect(isColoured(raw)).toBe(!("NO_COLOR" in environment));
    },
  );

  test("that cannot rewrite a line, there are lines as in a log", async () => {
    const { raw } = await inTerminal(project, "plan", 72, {
      environment: { TERM: "dumb" },
    });
    expect(raw).not.toContain("\u001b[J");
    expect(raw).toContain("stack: planning…\r\n");
  });

  test("a question stands alone", async () => {
    project.write(
      "main.ts",
      program(
        `${controlPlane(["cp-1"])}new TerraformResource(stack, "mine", { terraformResourceType: "terraform_data" });`,
      ),
    );
    expect((await project.run("deploy")).exitCode).toBe(0);
    project.write("main.ts", program(controlPlane(["cp-1"])));
    const { exitCode, rows } = await inTerminal(
      project,
      "deploy --quiet",
      100,
      {
        typed: ["continue: ", "\u0003"],
      },
    );
    expect(exitCode).toBe(130);
    expect(rows.slice(0, 3)).toEqual([
      "stack: this deploy would destroy or replace 1 resource of your own. Their contents would be lost:",
      "  - terraform_data.mine",
      expect.stringMatching(/^Type yes to continue: \^C/),
    ]);
    expect(rows.filter((row) => /planning|applying/.test(row))).toEqual([]);
  });
});

describe("Ctrl-C in a terminal", () => {
  const project = projectWith(
    program(
      `${controlPlane(["cp-1"])}
new TerraformResource(stack, "slow", { terraformResourceType: "terraform_data" })
  .addOverride("provisioner", [{ "local-exec": { command: "exec sleep 600" } }]);`,
    ),
  );
  project.write(
    "slow-terraform",
    `#!/bin/sh
case "$1" in "$SLOW") exec sleep 600 ;; esac
exec ${TERRAFORM} "$@"
`,
    0o755,
  );

  test.each([
    ["version", "Looking for Terraform"],
    ["init", "stack: initializing"],
    ["state", "stack: reading the state"],
    ["plan", "stack: planning"],
  ])(
    "while `terraform %s` runs ends everything, and leaves only words",
    async (SLOW, words) => {
      const { exitCode, rows } = await inTerminal(project, "deploy", 60, {
        typed: [words, "\u0003"],
        environment: {
          SLOW,
          TERRAFORM_BINARY_NAME: project.path("slow-terraform"),
        },
      });
      expect(rows).toEqual([STOPPING, STOPPED, ""]);
      expect(exitCode).toBe(130);
      expect(runningIn(project)).toEqual([]);
    },
  );

  test("while the app runs ends the app", async () => {
    const hanging = projectWith("setInterval(() => undefined, 1000);");
    const { exitCode, rows } = await inTerminal(hanging, "deploy", 60, {
      typed: ["Running the app, 1 s", "\u0003"],
    });
    expect([exitCode, rows]).toEqual([130, [STOPPING, STOPPED, ""]]);
    expect(runningIn(hanging)).toEqual([]);
  });

  test("while Terraform applies lets it end in an orderly way", async () => {
    const { exitCode, rows } = await inTerminal(project, "deploy", 60, {
      typed: ["test: the files of 1 node are in", "\u0003"],
    });
    expect(exitCode).toBe(130);
    expect(rows.slice(-3)).toEqual([STOPPING, STOPPED, ""]);
    expect(rows.filter((row) => /applying/.test(row))).toEqual([]);
    expect(runningIn(project)).toEqual([]);
  });
});

describe("in a log", () => {
  const project = projectWith(program(controlPlane(["cp-1"])));
  /** Without those that tell that something lasts long. */
  const phases = (progress: readonly string[]): string[] =>
    progress.filter((line) => !/, \d.* s\b.*…$/.test(line));

  test("each phase has a line when it begins, and the total time comes last", async () => {
    const { exitCode, progress, stdout } = await project.run("deploy");
    expect(exitCode).toBe(0);
    expect(phases(progress)).toEqual([
      "Looking for Terraform…",
      "Running the app…",
      "stack: initializing…",
      "stack: reading the state…",
      "stack: planning…",
      "stack: applying…",
      expect.stringMatching(/^Done in \d/),
    ]);
    expect(stdout).not.toContain("…\n");
  });

  test("--quiet leaves only the result and the total time", async () => {
    const { exitCode, progress, stdout, stderr } =
      await project.run("deploy --quiet");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(progress).toEqual([expect.stringMatching(/^Done in \d/)]);
    expect(stdout).toMatch(
      /^test: Kubernetes v1\.36\.3, 1 node\n {2}endpoint /,
    );
  });

  test("--json of a plan has no line beside the document", async () => {
    const { stdout, stderr, progress } = await project.run("plan --json");
    expect([stderr, progress]).toEqual(["", []]);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 0,
      stacks: [{ stack: "stack", summary: "no changes" }],
    });
  });

  test("a failure has the total time, and --quiet does not hide it", async () => {
    project.write("main.ts", "process.exit(3);");
    const { exitCode, stdout, stderr, progress } =
      await project.run("destroy --quiet");
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^Error: The app failed/);
    expect(progress).toEqual([expect.stringMatching(/^Failed after \d/)]);
  });
});
