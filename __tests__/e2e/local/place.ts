import { execFile, type ExecFileException, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { binariesOf, KUBERNETES } from "../binaries";
import { REPOSITORY } from "../cluster";
import { removeAtTheEnd } from "../machines";

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The namespaces of Kubernetes itself. */
export const NAMESPACES = [
  "default",
  "kube-node-lease",
  "kube-public",
  "kube-system",
];

/** What a program printed, if it succeeded. */
export const succeeded = ({ exitCode, stdout, stderr }: Outcome): string => {
  if (exitCode !== 0) throw new Error(stdout + stderr);
  return stdout;
};

/** The user `nobody`, for programs that must not run as root, although the tests do. */
const NOBODY = 65534;
const IS_ROOT = process.getuid?.() === 0;
const AS_NOBODY = [
  "setpriv",
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  "--clear-groups",
  "--",
];

const PROGRAMS = [
  "etcd",
  "etcdctl",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubectl",
];

/** An example that runs its cluster on this machine. */
interface Example {
  readonly name: string;
  readonly clusterName: string;
  /** Files and folders that it has beside its program. */
  readonly files?: readonly string[];
}

/** A new folder with an example and its programs, which belongs to a user without special rights. */
export class Place {
  readonly directory = mkdtempSync(join(tmpdir(), "e2e-local-"));
  readonly main: string;
  /** Variables of the environment in which commands run. */
  readonly environment: Record<string, string> = {};

  constructor(
    private readonly example: Example = {
      name: "local",
      clusterName: "devk8s",
    },
  ) {
    removeAtTheEnd(this.directory);
    const from = join(REPOSITORY, "examples", example.name);
    this.main = readFileSync(join(from, "main.ts"), "utf8");
    writeFileSync(this.path("main.ts"), this.main);
    for (const file of example.files ?? [])
      cpSync(join(from, file), this.path(file), { recursive: true });
    writeFileSync(
      this.path("cdktf.json"),
      JSON.stringify({ app: "node node_modules/tsx/dist/cli.mjs main.ts" }),
    );
    symlinkSync(join(REPOSITORY, "node_modules"), this.path("node_modules"));
    // That user cannot read root's cache, and perhaps not the checkout.
    cpSync(join(REPOSITORY, "dist"), this.path("dist"), { recursive: true });
    mkdirSync(this.path("bin"));
    for (const program of PROGRAMS) this.bring(program);
    chmodSync(this.directory, 0o755);
    if (IS_ROOT)
      for (const path of ["", "main.ts", "bin"])
        chownSync(this.path(path), NOBODY, NOBODY);
  }

  /** Puts a program of the cache into `bin`, as a hard link if possible. */
  bring(program: string, copied = false): void {
    const folders = binariesOf(KUBERNETES, () => {}).split(":");
    const source = folders
      .map((folder) => join(folder, program))
      .find((path) => existsSync(path))!;
    const target = this.path("bin", program);
    rmSync(target, { force: true });
    try {
      if (copied) throw new Error("a hard link is not another file");
      linkSync(source, target);
    } catch {
      copyFileSync(source, target);
      chmodSync(target, 0o755);
    }
  }

  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  store(...parts: string[]): string {
    return this.path("clusters", this.example.clusterName, ...parts);
  }

  /** Edits the program, as a user would between two deploys. */
  change(edit: (main: string) => string): void {
    const main = edit(this.main);
    if (main === this.main) throw new Error("nothing was edited");
    writeFileSync(this.path("main.ts"), main);
  }

  restore(): void {
    writeFileSync(this.path("main.ts"), this.main);
  }

  /** Runs the command line from a shell that then ends, like a terminal that is closed. */
  controlPlane(...words: string[]): Promise<Outcome> {
    return this.run("sh", "-c", '"$@"; exit $?', "sh", ...this.cli(words));
  }

  /** Starts the command line without waiting, in a process group that can be killed. */
  begin(...words: string[]): number {
    const [command, ...args] = this.cli(words);
    const child = spawn(...this.started([command, ...args]), {
      ...this.options(),
      detached: true,
      stdio: "ignore",
    });
    return child.pid!;
  }

  private cli(words: readonly string[]): string[] {
    return [process.execPath, this.path("dist/control-plane.cjs"), ...words];
  }

  /** Runs a command as the user, in the folder. */
  run(...words: string[]): Promise<Outcome> {
    const [command, args] = this.started(words);
    return new Promise((resolve) => {
      execFile(
        command,
        args,
        { ...this.options(), maxBuffer: 1 << 26 },
        (error: ExecFileException | null, stdout, stderr) => {
          const exitCode = error ? Number(error.code ?? 1) : 0;
          resolve({ exitCode, stdout, stderr });
        },
      );
    });
  }

  private started(words: readonly string[]): [string, string[]] {
    const [command, ...args] = IS_ROOT ? [...AS_NOBODY, ...words] : words;
    return [command, args];
  }

  private options() {
    return {
      cwd: this.directory,
      env: {
        PATH: process.env.PATH,
        HOME: this.directory,
        TSX_TSCONFIG_PATH: join(REPOSITORY, "tsconfig.json"),
        TF_CLI_CONFIG_FILE: "/dev/null",
        CHECKPOINT_DISABLE: "1",
        ...(process.env.TERRAFORM_BINARY_NAME && {
          TERRAFORM_BINARY_NAME: process.env.TERRAFORM_BINARY_NAME,
        }),
        ...this.environment,
      },
    };
  }

  /** The standard output of a command. Rejects if the command fails. */
  async output(...words: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(...words);
    if (exitCode === 0) return stdout;
    throw new Error(`${basename(words[0])} ${words[1]}: ${stderr || stdout}`);
  }

  kubectl(...words: string[]): Promise<string> {
    return this.output(
      this.path("bin/kubectl"),
      "--kubeconfig",
      this.store("kubeconfigs/admin.conf"),
      ...words,
    );
  }

  /** Deploys the program, and returns what was printed. */
  async deploy(): Promise<string> {
    return succeeded(await this.controlPlane("deploy"));
  }

  async namespaces(...more: string[]): Promise<string[]> {
    const path = "jsonpath={.items[*].metadata.name}";
    const output = ["--output", path, ...more];
    return (await this.kubectl("get", "namespaces", ...output)).split(" ");
  }

  /** The ids of its processes, by name. */
  pids(
    names: readonly string[] = ["etcd", "kube-apiserver"],
    cluster = this.example.clusterName,
  ): Record<string, number> {
    return Object.fromEntries(
      names.map((name) => {
        const file = this.path(`clusters/${cluster}/processes/${name}.json`);
        const { pid } = JSON.parse(readFileSync(file, "utf8")) as {
          pid: number;
        };
        return [name, pid];
      }),
    );
  }

  end(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
