import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { isFile } from "../../base/files";
import { LIMITS, Tail } from "../../base/limits";
import { anything, attempt, readJson } from "../../base/shape";
import {
  type Children,
  type Environment,
  Interrupted,
  type Outcome,
} from "./children";
import {
  brokenTerraform,
  initFailed,
  missingTerraform,
  oldTerraform,
  stateTooLarge,
  unreadableState,
  otherState,
  unknownWorkspace,
} from "../errors";
import { quoted, shownPath } from "../text";

/** The first version with `plantimestamp`, which plans use to find certificates that are due. */
const OLDEST = [1, 5];

/** Runs Terraform, or OpenTofu, which has the same interface. */
export class Terraform {
  /** Finds Terraform on the PATH. Fails if there is none, or if it is too old. */
  static async find(
    children: Children,
    environment: Environment,
  ): Promise<Terraform> {
    refuseOtherStates(environment);
    const terraform = new Terraform(
      environment.TERRAFORM_BINARY_NAME || "terraform",
      children,
      environmentOf(environment),
    );
    await terraform.check();
    return terraform;
  }

  private constructor(
    private readonly binary: string,
    private readonly children: Children,
    readonly environment: Environment,
  ) {}

  /** @param onLine is called with each line of what it does, such as downloading a provider */
  async init(
    stack: string,
    directory: string,
    onLine: (line: string) => void,
  ): Promise<void> {
    const args = ["init", "-input=false", "-no-color"];
    const said = new Tail();
    const { exitCode, output } = await this.run(args, directory, (line) => {
      said.add(`${line}\n`);
      if (line.trim() !== "") onLine(line.replace(/^[-\s]+/, ""));
    });
    this.children.throwIfInterrupted();
    if (exitCode !== 0)
      throw initFailed(stack, this.inFolder(directory), `${said}${output}`);
  }

  /** The beginning of a command for people, which runs Terraform in a stack's folder. */
  inFolder(directory: string): string {
    return `${quoted(this.binary)} -chdir=${quoted(shownPath(directory))}`;
  }

  /** Writes a plan into a file. Each line of Terraform's messages is a JSON object. */
  plan(
    command: Change,
    directory: string,
    file: string,
    lockTimeout: string,
    onLine: (line: string) => void,
  ): Promise<Outcome> {
    const destroy = command === "destroy" ? ["-destroy"] : [];
    const args = [
      "plan",
      ...destroy,
      `-out=${file}`,
      "-input=false",
      "-json",
      `-lock-timeout=${lockTimeout}`,
    ];
    const environment = planEnvironment(command, this.environment);
    return this.run(args, directory, onLine, environment);
  }

  /** The plan as JSON; an empty text if it is too large to read. */
  async show(directory: string, file: string): Promise<string> {
    const { exitCode, stdout, isCut } = await this.children.run({
      command: this.binary,
      args: ["show", "-json", file],
      directory,
      environment: this.environment,
      keptBytes: LIMITS.state,
    });
    return exitCode === 0 && !isCut ? stdout : "";
  }

  /** Applies a plan. */
  apply(
    command: Change,
    directory: string,
    file: string,
    lockTimeout: string,
    onLine: (line: string) => void,
    more: Environment = {},
  ): Promise<Outcome> {
    const args = [
      "apply",
      "-input=false",
      "-json",
      `-lock-timeout=${lockTimeout}`,
      file,
    ];
    const environment = {
      ...applyEnvironment(command, this.environment),
      ...more,
    };
    return this.run(args, directory, onLine, environment);
  }

  /** The workspace that is selected in a folder, according to Terraform itself. */
  async workspace(directory: string): Promise<string> {
    const lines: string[] = [];
    const args = ["workspace", "show"];
    const { exitCode, output } = await this.run(args, directory, (line) =>
      lines.push(line),
    );
    const name = lines.at(-1)?.trim();
    if (exitCode !== 0 || !name) throw unknownWorkspace(this.binary, output);
    return name;
  }

  /** The state of the selected workspace, as JSON; an empty text if there is none. */
  async state(directory: string): Promise<string> {
    const { exitCode, output, stdout, isCut } = await this.children.run({
      command: this.binary,
      args: ["state", "pull"],
      directory,
      environment: this.environment,
      keptBytes: LIMITS.state,
    });
    if (isCut) throw stateTooLarge(LIMITS.state);
    this.children.throwIfInterrupted();
    if (exitCode !== 0) throw unreadableState(directory, output);
    if (stdout.trim() !== "" && !attempt(() => readJson(stdout, anything)))
      throw unreadableState(directory, `It prints no state, but:\n${stdout}`);
    return stdout;
  }

  private async check(): Promise<void> {
    const { exitCode, output } = await this.run(
      ["version", "-json"],
      process.cwd(),
    ).catch((error: unknown) => {
      throw error instanceof Interrupted
        ? error
        : missingTerraform(this.binary);
    });
    this.children.throwIfInterrupted();
    // Versions without JSON output print plain text.
    const found =
      /"terraform_version":\s*"(\d+)\.(\d+)([^"]*)"/.exec(output) ??
      /^(?:Terraform|OpenTofu) v(\d+)\.(\d+)(\S*)/m.exec(output);
    if (exitCode !== 0 || !found)
      throw brokenTerraform(this.binary, output, this.environment.TF_CLI_ARGS);
    const [, major, minor, rest] = found;
    const isOld =
      Number(major) < OLDEST[0] ||
      (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
    if (isOld) throw oldTerraform(this.binary, `${major}.${minor}${rest}`);
  }

  private run(
    args: readonly string[],
    directory: string,
    onLine?: (line: string) => void,
    environment = this.environment,
  ): Promise<Outcome> {
    const { binary: command } = this;
    return this.children.run({ command, args, directory, environment, onLine });
  }
}

/** The Terraform command that makes a change. */
export type Change = "apply" | "destroy";

/**
 * Passes the user's options for `terraform apply`, from TF_CLI_ARGS_apply, on to the plan. The apply of a saved plan
 * accepts no options except those of {@link WHILE_APPLYING}.
 */
const planEnvironment = (
  command: Change,
  environment: Environment,
): Environment => ({
  ...environment,
  TF_CLI_ARGS_plan: argsFor(command, environment)
    .replace(/(?<=^|\s)--?auto-approve(=\S+)?/g, "")
    .trim(),
});

const WHILE_APPLYING = /(?<=^|\s)--?(parallelism|lock|lock-timeout)=\S+/g;

const applyEnvironment = (
  command: Change,
  environment: Environment,
): Environment => ({
  ...environment,
  TF_CLI_ARGS_apply:
    argsFor(command, environment).match(WHILE_APPLYING)?.join(" ") ?? "",
});

const argsFor = (command: Change, environment: Environment): string =>
  environment[`TF_CLI_ARGS_${command}`] ?? "";

/** Refuses options with which Terraform would use another state than the one that is read here. */
function refuseOtherStates(environment: Environment): void {
  for (const [name, args = ""] of Object.entries(environment)) {
    const [, flag] =
      /(?:^|[\s"'])(--?(?:state|state-out|destroy))(?=[\s"'=]|$)/.exec(args) ??
      [];
    if (/^TF_CLI_ARGS(_|$)/.test(name) && flag) throw otherState(name, flag);
  }
}

/**
 * The environment of Terraform. It finds this Node.js first, because its own might be too old for the agent. It does not
 * ask for newer versions, and does not warn in each run about a missing CLI configuration.
 */
function environmentOf(environment: Environment): Environment {
  const configuration = environment.TF_CLI_CONFIG_FILE;
  return {
    ...environment,
    PATH: pathWithNode(environment.PATH),
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    ...(configuration &&
      !existsSync(configuration) && { TF_CLI_CONFIG_FILE: undefined }),
  };
}

/** The PATH with the folder of this Node.js in front, unless its first Node.js is this one already. */
function pathWithNode(path = ""): string {
  const found = path
    .split(delimiter)
    .map((folder) => join(folder || ".", "node"))
    .find(isFile);
  return found !== undefined && realpathSync(found) === process.execPath
    ? path
    : [dirname(process.execPath), path].filter(Boolean).join(delimiter);
}
