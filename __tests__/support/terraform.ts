import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { requestOf } from "./requests";
import {
  type PlanJson,
  type Synthesized,
  type SynthesizedResource,
  triggersOf,
} from "./resources";
import { TERRAFORM_NAME } from "./requirements";
import { type Changes, type Run, runOf, succeeded } from "./terraform-run";

/** Adds constructs to a stack, as a user's `main.ts` does. */
export type Program = (stack: TerraformStack) => void;

export const NOTHING: Changes = {
  created: [],
  replaced: [],
  deleted: [],
  updated: [],
};

export const replaced = (...names: string[]): Changes => ({
  ...NOTHING,
  replaced: names.sort(),
});

/** Terraform's environment: no user configuration, no check for updates, and little garbage collection, for speed. */
const ENVIRONMENT = {
  ...process.env,
  GOGC: "400",
  TF_CLI_CONFIG_FILE: "/dev/null",
  CHECKPOINT_DISABLE: "1",
  TF_IN_AUTOMATION: "1",
};

/** A folder with an app, its state and its stores, in which the real Terraform and the real agent run. */
export class Deployment {
  readonly directory = mkdtempSync(join(tmpdir(), "control-plane-"));
  private readonly names = new Map<string, string>();
  private readonly environment: NodeJS.ProcessEnv;

  constructor(environment: Record<string, string> = {}) {
    this.environment = { ...ENVIRONMENT, ...environment };
  }

  /** Synthesizes an app of one stack, `stack`, or of several by name. */
  program(programs: Program | Record<string, Program>): this {
    this.inFolder(() => {
      const app = new App({ outdir: "cdktf.out" });
      const byName =
        typeof programs === "function" ? { stack: programs } : programs;
      for (const [name, program] of Object.entries(byName)) {
        const stack = new TerraformStack(app, name);
        new LocalBackend(stack, { path: `../../../${name}.tfstate` });
        program(stack);
      }
      app.synth();
      for (const name of Object.keys(byName)) this.rememberNames(name);
    });
    return this;
  }

  plan(stack?: string): Run {
    return succeeded(this.tryPlan(stack));
  }

  apply(stack?: string): Run {
    return succeeded(this.tryApply(stack));
  }

  destroy(stack?: string): Run {
    return succeeded(this.tryApply(stack, "-destroy"));
  }

  tryPlan(stack?: string, ...args: string[]): Run {
    return this.run(stack, "plan", ...args);
  }

  tryApply(stack?: string, ...args: string[]): Run {
    return this.run(stack, "apply", "-auto-approve", ...args);
  }

  /** A full plan, with the values before and after. */
  planJson(stack?: string): PlanJson {
    this.terraform(stack, "plan", "-out=plan", "-input=false");
    return JSON.parse(this.terraform(stack, "show", "-json", "plan"));
  }

  /** Runs Terraform in a stack's folder. */
  terraform(stack: string | undefined, ...args: string[]): string {
    return execFileSync(TERRAFORM_NAME, args, {
      ...this.options(stack),
      encoding: "utf8",
      maxBuffer: 1 << 28,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** The options for starting Terraform. */
  options(stack?: string): { cwd: string; env: NodeJS.ProcessEnv } {
    this.init(stack);
    return { cwd: this.folder(stack), env: this.environment };
  }

  /** The absolute path of a file in the folder. */
  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  remove(path: string): void {
    if (!existsSync(this.path(path))) throw new Error(`no ${path}`);
    rmSync(this.path(path), { recursive: true });
  }

  /** The paths of all files below a folder, sorted. */
  files(folder: string): string[] {
    if (!existsSync(this.path(folder))) return [];
    return readdirSync(this.path(folder), {
      recursive: true,
      withFileTypes: true,
    })
      .filter((entry) => !entry.isDirectory())
      .map((entry) =>
        relative(this.path(folder), join(entry.parentPath, entry.name)),
      )
      .sort();
  }

  /** The hashes of the files in a store, by path, without stamps, locks and the inventory. */
  hashes(store: string): Record<string, string> {
    const own = this.files(store).filter(
      (path) => !path.startsWith(".") && path !== "inventory.json",
    );
    return Object.fromEntries(
      own.map((path) => [
        path,
        createHash("sha256")
          .update(readFileSync(this.path(store, path)))
          .digest("hex"),
      ]),
    );
  }

  /** The mode of a file, in octal. */
  mode(path: string): string {
    return (statSync(this.path(path)).mode & 0o777).toString(8);
  }

  synthesized(stack?: string): Synthesized {
    return JSON.parse(
      readFileSync(join(this.folder(stack), "cdk.tf.json"), "utf8"),
    );
  }

  state(stack = "stack"): string {
    return this.read(`${stack}.tfstate`);
  }

  forgetState(stack = "stack"): void {
    rmSync(this.path(`${stack}.tfstate`));
  }

  /** Removes some resources from the state, as if a run had been killed before it made them. */
  forget(isForgotten: (name: string) => boolean): void {
    const path = this.path("stack.tfstate");
    const state = JSON.parse(readFileSync(path, "utf8")) as {
      readonly resources: readonly { readonly name: string }[];
    };
    const resources = state.resources.filter(({ name }) => !isForgotten(name));
    if (resources.length === state.resources.length)
      throw new Error("nothing was forgotten");
    writeFileSync(path, JSON.stringify({ ...state, resources }));
  }

  folder(stack = "stack"): string {
    return this.path("cdktf.out", "stacks", stack);
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Runs an action with this folder as the working directory. */
  inFolder<T>(action: () => T): T {
    const before = process.cwd();
    process.chdir(this.directory);
    try {
      return action();
    } finally {
      process.chdir(before);
    }
  }

  private run(stack: string | undefined, ...args: string[]): Run {
    const { stdout, stderr, status } = spawnSync(
      TERRAFORM_NAME,
      [args[0], "-json", "-input=false", ...args.slice(1)],
      {
        ...this.options(stack),
        encoding: "utf8",
        maxBuffer: 1 << 28,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    return runOf({ ok: status === 0, stdout, stderr }, (address) =>
      this.nameOf(address),
    );
  }

  private init(stack: string | undefined): void {
    const folder = this.folder(stack);
    if (existsSync(join(folder, ".terraform"))) return;
    execFileSync(TERRAFORM_NAME, ["init", "-input=false"], {
      cwd: folder,
      env: { ...this.environment, TF_LOG: "" },
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  /**
   * A readable name for an address: the first file of an artefact, without the store; `batch <name>`, `guard <id>`,
   * `access <node>`, `rollout`, `rollout <pool>` or `teardown`; or the address itself.
   */
  private nameOf(address: string): string {
    return this.names.get(address) ?? address;
  }

  private rememberNames(stack: string): void {
    for (const [type, resources] of Object.entries(
      this.synthesized(stack).resource ?? {},
    )) {
      for (const [id, resource] of Object.entries(resources)) {
        const name = nameOfResource(id, resource);
        if (name) this.names.set(`${type}.${id}`, name);
      }
    }
  }
}

function nameOfResource(
  id: string,
  resource: SynthesizedResource,
): string | undefined {
  const { files, access } = triggersOf(resource) ?? {};
  if (files) return files.split(" ")[0];
  if (access) return `access ${/_([^_]+)_access_/.exec(id)?.[1]}`;
  const request = requestOf(resource);
  if (request?.action === "batch") return `batch ${request.batch}`;
  if (request?.action === "rollout" && request.pool)
    return `rollout ${request.pool.name}`;
  return request?.action ?? (resource.lifecycle && `guard ${id}`);
}
