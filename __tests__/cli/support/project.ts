import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { progressIn, withoutProgress } from "./progress-lines";

const REPOSITORY = join(__dirname, "../../..");
export const CLI = join(REPOSITORY, "dist/control-plane.cjs");

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** Warnings and errors. */
  readonly stderr: string;
  /** The lines on standard error that say what goes on. */
  readonly progress: readonly string[];
}

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ["", ""];
    child.stdout?.on("data", (data: Buffer) => (stdout += String(data)));
    child.stderr?.on("data", (data: Buffer) => (stderr += String(data)));
    child.on("error", reject);
    child.on("close", (exitCode) =>
      resolve({
        exitCode,
        stdout,
        stderr: withoutProgress(stderr),
        progress: progressIn(stderr),
      }),
    );
  });
}

/** A folder with an app, in which the command line runs. */
export class Project {
  constructor(
    main: string,
    readonly directory = mkdtempSync(join(tmpdir(), "control-plane-cli-")),
  ) {
    symlinkSync(join(REPOSITORY, "node_modules"), this.path("node_modules"));
    this.write(
      "cdktf.json",
      JSON.stringify({ app: "node node_modules/tsx/dist/cli.mjs main.ts" }),
    );
    this.write("main.ts", main);
  }

  /** Runs a command to its end. The value `undefined` removes a variable from the environment. */
  run(args: string, environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return this.start(args, environment).outcome;
  }

  start(
    args: string,
    environment: NodeJS.ProcessEnv = {},
  ): { readonly child: ChildProcess; readonly outcome: Promise<Outcome> } {
    const child = spawn(
      process.execPath,
      [CLI, ...args.split(" ").filter(Boolean)],
      {
        cwd: this.directory,
        env: { ...process.env, ...environment },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    return { child, outcome: outcomeOf(child) };
  }

  /** Runs a command in a pseudo-terminal, and types when a question ends with a colon. All output is in `stdout`. */
  inTerminal(
    args: string,
    typed: string,
    environment: NodeJS.ProcessEnv = {},
  ): Promise<Outcome> {
    const command = `${process.execPath} ${CLI} ${args}`;
    const child = spawn("script", ["-qefc", command, "/dev/null"], {
      cwd: this.directory,
      env: { ...process.env, ...environment },
    });
    const answer = (data: Buffer): void => {
      if (/: $/.test(String(data))) child.stdin.write(typed);
    };
    child.stdout.on("data", answer);
    return outcomeOf(child);
  }

  write(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
    chmodSync(this.path(path), mode);
  }

  remove(path: string): void {
    rmSync(this.path(path), { recursive: true, force: true });
  }

  files(folder: string): string[] {
    return readdirSync(this.path(folder), {
      recursive: true,
      withFileTypes: true,
    })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
  }

  path(path: string): string {
    return join(this.directory, path);
  }

  end(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A program with one stack, `stack`, and the given statements. */
export const program = (body: string): string => `
import { Annotations, App, LocalBackend, TerraformStack, TerraformOutput, TerraformResource, TerraformVariable } from "cdktf";
import { Certificate, CertificateAuthority, ControlPlane, Duration, Etcd, KeyAlgorithm, NodeAccess, Store } from ${JSON.stringify(join(REPOSITORY, "dist/tests/library.cjs"))};

const app = new App();
const stack = new TerraformStack(app, "stack");
new LocalBackend(stack, { path: "../../../terraform.stack.tfstate" });
${body}
app.synth();
`;

/**
 * The statement for a control plane with these nodes, by default with keys that take little time, and with an etcd of which
 * synthesis does not warn.
 */
export const controlPlane = (
  nodes: readonly string[],
  keyAlgorithm = "ECDSA_P256",
): string => `
const controlPlane = new ControlPlane(stack, "test", {
  clusterName: "test",
  kubernetesVersion: "1.36.3",
  endpoint: "api.example.org:6443",
  etcd: Etcd.stacked({ image: { tag: "3.6.14-0" } }),
  keyAlgorithm: KeyAlgorithm.${keyAlgorithm},
  nodes: ${JSON.stringify(nodes.map((name, i) => ({ name, address: `10.0.0.${i + 1}` })))},
});
`;
