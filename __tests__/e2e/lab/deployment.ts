import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPOSITORY } from "../cluster";
import { removeAtTheEnd } from "../machines";
import { say, seconds } from "../say";
import type { Lab } from "./lab";

/** The output of one of our commands, and whether it failed. */
export interface Ran {
  readonly output: string;
  readonly failed: boolean;
}

/** Unexpected errors, which no user should ever see. */
const FAULT = /\b(TypeError|RangeError|ReferenceError|ERR_INVALID_\w+)\b/;

/** A user's program in its own folder, which is deployed from the lab's admin machine. */
export class Deployment {
  readonly directory = mkdtempSync(join(tmpdir(), "e2e-lab-"));
  private readonly logs = join(this.directory, "deploys");
  private count = 0;

  constructor(
    private readonly lab: Lab,
    readonly clusterName: string,
    private main: string,
  ) {
    removeAtTheEnd(this.directory);
    mkdirSync(this.logs);
    this.write("main.ts", main);
    this.write(
      "cdktf.json",
      JSON.stringify({ app: "node node_modules/tsx/dist/cli.mjs main.ts" }),
    );
    const modules = "node_modules";
    symlinkSync(join(REPOSITORY, modules), join(this.directory, modules));
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.directory, path), text);
  }

  /** Edits the program, as a user would between two deploys. */
  edit(change: (main: string) => string): void {
    const main = change(this.main);
    if (main === this.main) throw new Error("nothing was edited");
    this.main = main;
    this.write("main.ts", main);
  }

  /** Deploys. If that fails, rejects with the whole output. */
  async deploy(): Promise<Ran> {
    const ran = await this.run("deploy");
    if (ran.failed) throw new Error(ran.output);
    return ran;
  }

  /** Runs one of our commands to its end. */
  async run(...args: string[]): Promise<Ran> {
    const start = Date.now();
    const { output, failed } = await this.try(
      process.execPath,
      join(REPOSITORY, "dist/control-plane.cjs"),
      ...args,
    );
    this.write(`deploys/${++this.count}-${args[0]}.log`, output);
    for (const line of output.trim().split("\n")) say(`| ${line}`);
    say(`control-plane ${args.join(" ")}: ${seconds(start)}`);
    if (FAULT.test(output)) throw new Error(`an unexpected error:\n${output}`);
    return { output, failed };
  }

  /** Runs a program on the admin machine, in this folder. */
  async try(
    ...command: string[]
  ): Promise<{ output: string; failed: boolean }> {
    const script =
      'cd "$1" && shift && if "$@" 2>&1; then :; else echo FAILED; fi';
    const output = await this.lab.admin.run(
      ["sh", "-c", script, "sh", this.directory, ...command],
      { env: this.environment },
    );
    const failed = output.endsWith("FAILED\n");
    return {
      output: failed ? output.slice(0, -"FAILED\n".length) : output,
      failed,
    };
  }

  get environment(): Record<string, string> {
    return {
      HOME: this.directory,
      // So that the program can import the library by its name.
      TSX_TSCONFIG_PATH: join(REPOSITORY, "tsconfig.json"),
      TF_CLI_CONFIG_FILE: "/dev/null",
      CHECKPOINT_DISABLE: "1",
      ...(process.env.TERRAFORM_BINARY_NAME && {
        TERRAFORM_BINARY_NAME: process.env.TERRAFORM_BINARY_NAME,
      }),
    };
  }

  /** Runs kubectl as an administrator, through the endpoint. */
  kubectl(...args: string[]): Promise<string> {
    return this.kubectlWith({}, ...args);
  }

  kubectlWith(
    { input, server }: { input?: string; server?: string },
    ...args: string[]
  ): Promise<string> {
    return this.lab.admin.run(
      [
        "kubectl",
        "--kubeconfig",
        this.store("kubeconfigs/admin.conf"),
        "--request-timeout",
        "20s",
        ...(server ? ["--server", server] : []),
        ...args,
      ],
      { input },
    );
  }

  /** A path in the store. */
  store(path: string): string {
    return join(this.directory, "clusters", this.clusterName, path);
  }

  end(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
