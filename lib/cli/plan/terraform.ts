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

  /** Its messages, one line of JSON each. */
  change(
    command: "apply" | "destroy",
    directory: string,
    onLine: (line: string) => void,
  ): Promise<Outcome> {
    const args = [command, "-auto-approve", "-input=false", "-json"];
    return this.run(args, directory, onLine);
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
  ): Promise<Outcome> {
    const { binary: command, environment } = this;
    return this.children.run({ command, args, directory, environment, onLine });
  }
}

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
