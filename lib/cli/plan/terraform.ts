import { existsSync } from "node:fs";
import { LIMITS } from "../../base/limits";
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
  otherState,
  unknownWorkspace,
} from "../errors";

/** `plantimestamp`, which says when a certificate is due, came with it. */
const OLDEST = [1, 5];

/** Terraform, or OpenTofu, which speaks alike. */
export class Terraform {
  /** Fails where there is none, or one that is too old. */
  static async find(
    children: Children,
    environment: Environment,
  ): Promise<Terraform> {
    refuseOtherStates(environment);
    const terraform = new Terraform(
      environment.TERRAFORM_BINARY_NAME || "terraform",
      children,
      quiet(environment),
    );
    await terraform.check();
    return terraform;
  }

  private constructor(
    private readonly binary: string,
    private readonly children: Children,
    readonly environment: Environment,
  ) {}

  async init(stack: string, directory: string): Promise<void> {
    const args = ["init", "-input=false", "-no-color"];
    const { exitCode, output } = await this.run(args, directory);
    this.children.goOn();
    if (exitCode !== 0) throw initFailed(stack, output);
  }

  /** Writes what it would do into a file. Its messages are a line of JSON each. */
  plan(
    command: Change,
    directory: string,
    file: string,
    onLine: (line: string) => void,
  ): Promise<Outcome> {
    const destroy = command === "destroy" ? ["-destroy"] : [];
    const args = ["plan", ...destroy, `-out=${file}`, "-input=false", "-json"];
    const environment = planEnvironment(command, this.environment);
    return this.run(args, directory, onLine, environment);
  }

  /** What a plan holds, as JSON; nothing where it is too large to be read. */
  async show(directory: string, file: string): Promise<string> {
    const { exitCode, output, isCut } = await this.children.run({
      command: this.binary,
      args: ["show", "-json", file],
      directory,
      environment: this.environment,
      keeps: LIMITS.state,
    });
    return exitCode === 0 && !isCut ? output : "";
  }

  /** Does exactly what was planned. */
  apply(
    command: Change,
    directory: string,
    file: string,
    onLine: (line: string) => void,
    more: Environment = {},
  ): Promise<Outcome> {
    const args = ["apply", "-input=false", "-json", file];
    const environment = {
      ...applyEnvironment(command, this.environment),
      ...more,
    };
    return this.run(args, directory, onLine, environment);
  }

  /** The workspace that is selected in a folder; the very one that a run there works in. */
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

  /** The state of that workspace, as JSON; nothing where there is none. */
  async state(directory: string): Promise<string> {
    const { exitCode, output, isCut } = await this.children.run({
      command: this.binary,
      args: ["state", "pull"],
      directory,
      environment: this.environment,
      keeps: LIMITS.state,
    });
    if (isCut) throw stateTooLarge(LIMITS.state);
    return exitCode === 0 ? output : "";
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
    this.children.goOn();
    // What is older than its JSON answers in words.
    const found =
      /"terraform_version":\s*"(\d+)\.(\d+)([^"]*)"/.exec(output) ??
      /^(?:Terraform|OpenTofu) v(\d+)\.(\d+)(\S*)/m.exec(output);
    if (exitCode !== 0 || !found) throw brokenTerraform(this.binary, output);
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

/** The command of Terraform that people know a change by. */
export type Change = "apply" | "destroy";

/**
 * People keep options for `terraform apply` in the environment. The plan gets them, because a plan that was made takes
 * none but those of {@link WHILE_APPLYING}.
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

/** What is told of a state has to be true of the run. */
function refuseOtherStates(environment: Environment): void {
  for (const [name, args = ""] of Object.entries(environment)) {
    const [, flag] =
      /(?:^|[\s"'])(--?(?:state|state-out|destroy))(?=[\s"'=]|$)/.exec(args) ??
      [];
    if (/^TF_CLI_ARGS(_|$)/.test(name) && flag) throw otherState(name, flag);
  }
}

/** Terraform phones home for newer versions, and complains in every run of a configuration that is not there. */
function quiet(environment: Environment): Environment {
  const configuration = environment.TF_CLI_CONFIG_FILE;
  return {
    ...environment,
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    ...(configuration &&
      !existsSync(configuration) && { TF_CLI_CONFIG_FILE: undefined }),
  };
}
