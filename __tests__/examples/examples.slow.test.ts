import { execFile } from "node:child_process";
import {
  existsSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
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

/** The versions of cdktf and cdktn in what they synthesize, and the options of Node with which they are loaded. */
const CDKTN = {
  version: "0.24.0",
  options: ["--import", join(ROOT, "__tests__/support/with-cdktn.mjs")],
};
const CDKTF: typeof CDKTN = { version: "0.21.0", options: [] };

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

  /** Synthesizes, and returns the JSON of the stacks, in one line each, without the library's version. */
  async synthesized({ version, options }: typeof CDKTN) {
    const tsx = join(ROOT, "node_modules/.bin/tsx");
    succeed(await this.run(tsx, ...options, "main.ts"));
    const stacks = join(this.directory, "cdktf.out/stacks");
    return readdirSync(stacks, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith(".json"))
      .map((name) => [name, readFileSync(join(stacks, name), "utf8")])
      .map(([name, text]) => [
        name,
        JSON.stringify(JSON.parse(text)).replace(`"version":"${version}"`, ""),
      ]);
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

/** Synthesizes with both libraries, which must give the same, and prepares Terraform. */
async function initialized(copy: Copy) {
  const withCdktn = await copy.synthesized(CDKTN);
  expect(await copy.synthesized(CDKTF)).toEqual(withCdktn);
  succeed(await copy.terraform("init"));
}

const names = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  // Programs that use a cluster make none.
  .filter(({ name }) => existsSync(join(EXAMPLES, name, "main.ts")))
  .map(({ name }) => name);

/** What needs machines, or programs that run; the end-to-end tests have some. */
const HOSTED = ["access", "local", "ssh", "systemd"];
/** What takes another way than one apply, or a provider. */
const OTHERS = ["aws", "external-ca", "helm", "hetzner", ...HOSTED];

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
    // Node 24 has another reporter by default.
    const options = ["--test", "--test-reporter=tap"];
    const { code, output } = await copy.run(tsx, ...options, "cluster.test.ts");
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/^# pass 6$/m),
    });
  } finally {
    copy.remove();
  }
});

test("synthesizes helm, whose second stack comes after the first", async () => {
  const copy = new Copy("helm");
  try {
    await copy.synthesized(CDKTF);
    const path = join(copy.directory, "cdktf.out/manifest.json");
    const { stacks } = JSON.parse(readFileSync(path, "utf8")) as {
      stacks: Record<string, { dependencies: readonly string[] }>;
    };
    expect(stacks.apps.dependencies).toEqual(["cluster"]);
  } finally {
    copy.remove();
  }
});
