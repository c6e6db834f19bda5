import { execFile } from "node:child_process";
import {
  existsSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UNITS } from "../../lib/catalog/units";
import { TERRAFORM_NAME } from "../support/requirements";

const ROOT = join(__dirname, "../..");
const EXAMPLES = join(ROOT, "examples");
const ENVIRONMENT = {
  ...process.env,
  TF_CLI_CONFIG_FILE: "/dev/null",
  CHECKPOINT_DISABLE: "1",
  TSX_TSCONFIG_PATH: join(ROOT, "tsconfig.json"),
};

/** A copy of an example, so that what it makes is gone afterwards. */
class Copy {
  readonly directory = mkdtempSync(join(tmpdir(), "example-"));

  constructor(name: string) {
    const source = join(EXAMPLES, name);
    for (const file of readdirSync(source).filter((each) =>
      /\.(ts|ya?ml|json|sh)$/.test(each),
    ))
      cpSync(join(source, file), join(this.directory, file));
    symlinkSync(
      join(ROOT, "node_modules"),
      join(this.directory, "node_modules"),
    );
  }

  /** What people bring along; a plan asks only whether it is there. */
  addBinaries() {
    mkdirSync(join(this.directory, "bin"));
    for (const { id } of UNITS)
      writeFileSync(join(this.directory, "bin", id), id);
  }

  synth() {
    return this.run(join(ROOT, "node_modules/.bin/tsx"), "main.ts");
  }

  terraform(command: string, ...args: string[]) {
    const [stack] = readdirSync(join(this.directory, "cdktf.out/stacks"));
    return this.run(
      TERRAFORM_NAME,
      `-chdir=cdktf.out/stacks/${stack}`,
      command,
      "-input=false",
      "-no-color",
      ...args,
    );
  }

  /** Its exit code and all that it printed. */
  run(
    command: string,
    ...args: string[]
  ): Promise<{ code: number; output: string }> {
    return new Promise((resolve) => {
      const options = { cwd: this.directory, env: ENVIRONMENT };
      execFile(command, args, options, (error, stdout, stderr) => {
        const code = error ? Number(error.code ?? 1) : 0;
        resolve({ code, output: stdout + stderr });
      });
    });
  }

  remove() {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

type Result = Awaited<ReturnType<Copy["run"]>>;

function succeed({ code, output }: Result): void {
  if (code !== 0) throw new Error(output);
}

async function deployed(name: string, use: (copy: Copy) => Promise<void>) {
  const copy = new Copy(name);
  try {
    await use(copy);
    const plan = await copy.terraform("plan", "-detailed-exitcode");
    expect(plan).toEqual({
      code: 0,
      output: expect.stringContaining("No changes."),
    });
  } finally {
    copy.remove();
  }
}

async function initialized(copy: Copy) {
  succeed(await copy.synth());
  succeed(await copy.terraform("init"));
}

const names = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  // Programs that use a cluster make none.
  .filter(({ name }) => existsSync(join(EXAMPLES, name, "main.ts")))
  .map(({ name }) => name);

/** What needs machines, or programs that run; the end-to-end tests have some. */
const HOSTED = ["access", "local", "ssh", "systemd"];
/** What takes another way than one apply. An end-to-end test deploys `helm`, which needs a provider. */
const OTHERS = ["external-ca", "helm", ...HOSTED];

test.concurrent.each(names.filter((name) => !OTHERS.includes(name)))(
  "deploys %s, and the second plan is empty",
  (name) =>
    deployed(name, async (copy) => {
      await initialized(copy);
      succeed(await copy.terraform("apply", "-auto-approve"));
    }),
);

test.concurrent(
  "deploys external-ca in two steps, and the second plan is empty",
  () =>
    deployed("external-ca", async (copy) => {
      succeed(await copy.run("sh", "make-ca.sh"));
      await initialized(copy);
      const first = await copy.terraform("apply", "-auto-approve");
      expect(first).toEqual({
        code: 1,
        output: expect.stringContaining(
          "9 certificates wait for the signature of an external CA",
        ),
      });
      succeed(await copy.run("sh", "sign.sh"));
      succeed(await copy.terraform("apply", "-auto-approve"));
    }),
);

test.concurrent.each(HOSTED)("plans %s, which needs machines", async (name) => {
  const copy = new Copy(name);
  try {
    copy.addBinaries();
    await initialized(copy);
    const plan = await copy.terraform("plan", "-detailed-exitcode");
    expect(plan).toEqual({
      code: 2,
      output: expect.stringMatching(
        /Plan: \d+ to add, 0 to change, 0 to destroy/,
      ),
    });
  } finally {
    copy.remove();
  }
});

test("the tests of the example tested pass", async () => {
  const copy = new Copy("tested");
  try {
    const tsx = join(ROOT, "node_modules/.bin/tsx");
    const { code, output } = await copy.run(tsx, "--test", "cluster.test.ts");
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/^# pass 6$/m),
    });
  } finally {
    copy.remove();
  }
});
