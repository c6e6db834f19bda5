import { shownBytes } from "../base/limits";
import { didYouMean } from "../catalog/similar-name";

/** An error of the command line that a user may see: only its message is shown. Each kind has a factory below. */
export class CliError extends Error {
  constructor(
    message: string,
    /** The exit code of the process. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

export const lines = (...parts: readonly string[]): CliError =>
  new CliError(parts.join("\n"));

export const usage = (...parts: readonly string[]): CliError =>
  new CliError(parts.join("\n"), 2);

const SEE_HELP = "`cdktf-control-plane --help` lists all commands and options.";

export const noCommand = () => usage("No command was given.", SEE_HELP);

export const unknownCommand = (
  given: string,
  known: readonly string[],
  hint?: string,
) =>
  usage(
    `${JSON.stringify(given)} is not a command. The commands are ${known.join(", ")}.`,
    hint ?? SEE_HELP,
  );

/** @param command The command for which it was given, and the options that this one takes. @default - not known */
export const unknownOption = (
  given: string,
  hint?: string,
  command?: { readonly name: string; readonly taken: readonly string[] },
) =>
  usage(
    `${given} is not an option.${command ? ` ${whatItTakes(command.name, command.taken)}` : ""}`,
    hint ?? (command ? seeHelpOf(command.name) : SEE_HELP),
  );

export const optionNotTaken = (
  command: string,
  given: string,
  taken: readonly string[],
) =>
  usage(
    `${command} does not take ${given}. ${whatItTakes("It", taken)}`,
    seeHelpOf(command.split(" ")[0]),
  );

const whatItTakes = (name: string, taken: readonly string[]): string =>
  `${name} takes ${taken.length > 0 ? taken.join(", ") : "no options"}.`;

export const seeHelpOf = (command: string): string =>
  `\`cdktf-control-plane ${command} --help\` explains the command.`;

export const invalidOption = (reason: string) => usage(reason, SEE_HELP);

export const wrongArguments = (command: string, use: string) =>
  usage(`${command} was called wrongly. Write: ${use}`);

export const unknownStack = (given: string, known: readonly string[]) =>
  usage(
    `The app has no stack ${JSON.stringify(given)}. ${known.length > 0 ? `Its stacks are ${known.join(", ")}.` : "It has no stacks."}`,
    /[/\\]|\.\w+$/.test(given)
      ? "There is no file of this name either. A plan that `cdktf-control-plane plan --out FILE` saved is applied by `cdktf-control-plane deploy FILE`."
      : (didYouMean(given, known) ?? "Write one of these, or none for all."),
  );

export const neededStack = (stack: string, by: string) =>
  usage(
    `The stack ${by} depends on ${stack}. Destroy ${by} first, or both together: cdktf-control-plane destroy ${stack} ${by}`,
  );

const HOW_TO_GET_TERRAFORM = [
  "  Terraform  https://developer.hashicorp.com/terraform/install",
  "  OpenTofu   https://opentofu.org/docs/intro/install, then: export TERRAFORM_BINARY_NAME=tofu",
];

export const missingTerraform = (binary: string) =>
  lines(
    `${binary} is not on the PATH. Install Terraform 1.5 or later, or OpenTofu:`,
    ...HOW_TO_GET_TERRAFORM,
    "Nothing was done.",
  );

export const oldTerraform = (binary: string, version: string) =>
  lines(
    `${binary} is version ${version}, which is too old. Install Terraform 1.5 or later, or OpenTofu:`,
    ...HOW_TO_GET_TERRAFORM,
    "Nothing was done.",
  );

/** @param args The value of TF_CLI_ARGS, which Terraform adds to this command, too. */
export const brokenTerraform = (
  binary: string,
  output: string,
  args: string | undefined,
) =>
  lines(
    `\`${binary} version\` does not print a version of Terraform:`,
    indent(output || "(no output)"),
    ...(args
      ? [
          `TF_CLI_ARGS is ${JSON.stringify(args)}, and Terraform adds that to each of its commands. Options for one command belong into a variable of its own, such as TF_CLI_ARGS_plan or TF_CLI_ARGS_apply.`,
        ]
      : []),
    `${args ? "If that is not the reason, set" : "Set"} TERRAFORM_BINARY_NAME to the program to use: Terraform 1.5 or later, or OpenTofu:`,
    ...HOW_TO_GET_TERRAFORM,
    "Nothing was done.",
  );

export const unknownWorkspace = (binary: string, output: string) =>
  lines(
    `\`${binary} workspace show\` does not print the selected workspace:`,
    indent(output || "(no output)"),
    "Nothing was done. To select a workspace, set TF_WORKSPACE.",
  );

export const otherState = (variable: string, flag: string) =>
  usage(
    `The environment variable ${variable} contains ${flag}. With it, Terraform would work on another state than this command, or destroy instead of apply.`,
    `Nothing was done. Remove ${flag} from ${variable}. To work on another state, select its workspace: TF_WORKSPACE=<name>.`,
  );

export const noProject = (directory: string) =>
  lines(
    `There is no cdktf.json in ${directory}.`,
    "Run this command in the folder of your app. `cdktf init` creates an app for cdktf, and `cdktn init` one for cdktn.",
  );

export const invalidProject = (reason: string) =>
  lines(
    `cdktf.json cannot be used: ${reason}.`,
    'It must name the command that runs your app, and may name the output folder: { "app": "npx tsx main.ts", "output": "cdktf.out" }',
  );

export const unusableOutput = (outdir: string, code = "unknown reason") =>
  lines(
    `The output folder ${JSON.stringify(outdir)} cannot be used: it is not a folder, and it cannot be created (${code}).`,
    'Nothing was done. It must be a folder, or a link to one. Look at what is at that path, or set another "output" in cdktf.json.',
  );

export const appFailed = (command: string, output: string) =>
  lines(
    `The app failed: ${command}`,
    "",
    shortenedStack(output).trim() || output.trim() || "(no output)",
  );

export const appWithoutSynth = (command: string, manifest: string) =>
  lines(
    `The app exited without an error, but did not write ${manifest}: ${command}`,
    'Call `app.synth()` at the end of the app. If the app sets its own output folder, App({ outdir }), set "output" in cdktf.json to the same folder.',
  );

const SAME_VERSION =
  "The command line and the app must use the same version of cdktf-control-plane. Run the app's version with `npx cdktf-control-plane`,";

export const manifestMissing = (stack: string, path: string) =>
  lines(
    `${stack}: ${path}, the list of the stack's resources, is missing. Nothing was done.`,
    "Either it was deleted, or an earlier version of the library synthesized the stack.",
    `${SAME_VERSION} and synthesize again: \`cdktf-control-plane plan\` does.`,
  );

export const manifestNewer = (
  stack: string,
  path: string,
  found: number,
  known: number,
) =>
  lines(
    `${stack}: ${path} has format version ${found}, but this command line reads only up to version ${known}: a newer version of the library synthesized the stack. Nothing was done.`,
    `${SAME_VERSION} or upgrade this one.`,
  );

export const manifestUnreadable = (
  stack: string,
  path: string,
  reason: string,
) =>
  lines(
    `${stack}: ${path} cannot be read: ${reason}. Nothing was done.`,
    "Synthesis writes this file; it must not be edited. Synthesize again: `cdktf-control-plane plan` does.",
  );

export const destroysOthers = (stack: string, resources: readonly string[]) =>
  lines(
    `${stack}: this deploy would destroy or replace resources that are not this library's:`,
    ...resources.map((resource) => `  ${resource}`),
    "Their contents would be lost. Nothing in this stack was changed.",
    "If you want this, deploy with --allow-destroy. If not, put the resources back into the program.",
  );

export const destroyDeclined = (stack: string) =>
  lines(`${stack}: nothing in this stack was changed, as you asked.`);

/** @param terraform the beginning of a command that runs Terraform in the stack's folder */
export const initFailed = (stack: string, terraform: string, output: string) =>
  lines(
    `${stack}: terraform init failed.`,
    "",
    output.trim(),
    "",
    ...(/-migrate-state/.test(output)
      ? [
          "Nothing was done. If the program names another backend on purpose, take the state there, and then run this again:",
          `  ${terraform} init -migrate-state`,
          "To use what is in the new backend already, and leave the state in the old one:",
          `  ${terraform} init -reconfigure`,
        ]
      : [
          "Nothing was done. To see this by itself, run:",
          `  ${terraform} init`,
        ]),
  );

export interface LockedState {
  readonly stack: string;
  /** The beginning of a command that runs Terraform in the stack's folder. */
  readonly terraform: string;
  readonly holder: string;
  /** Empty if the backend does not tell it. */
  readonly id: string;
  /** How long this run waited: `30 min`. */
  readonly waited: string;
  /** What Terraform says. */
  readonly said: string;
}

export const stateLocked = ({
  stack,
  terraform,
  holder,
  id,
  waited,
  said,
}: LockedState) =>
  lines(
    `${stack}: ${holder} holds the lock of Terraform's state. This run waited for ${waited}, and changed nothing in this stack.`,
    "If that run still works, run this again when it has ended. If it ended without releasing the lock, release it:",
    `  ${terraform} force-unlock ${id || "<ID>"}`,
    ...(id === "" ? ["Terraform says:", indent(said)] : []),
  );

/** Characters of a program's output in an error. */
const LONGEST_OUTPUT = 2_000;

export const unreadableState = (directory: string, output: string) =>
  lines(
    `\`terraform state pull\` failed in ${directory}, so nobody knows what is deployed. Nothing was done.`,
    "",
    output.trim().slice(0, LONGEST_OUTPUT),
  );

export const stateTooLarge = (limit: number) =>
  lines(
    `\`terraform state pull\` prints more than ${shownBytes(limit)}, the largest state that can be read. Nothing was done.`,
    "Find out which resources make the state so large, and move them to another stack.",
  );

export const noStore = (path: string) =>
  lines(
    `${path} is not a store: it contains neither an inventory.json nor any file that this library made.`,
    "Name the folder of a store. That of a cluster is clusters/<name> by default.",
  );

export const noStores = (command: string) =>
  usage(
    `No store was found here. Name one: cdktf-control-plane ${command} clusters/<name>`,
  );

export const storeInUse = (path: string, stack: string, workspace: string) =>
  lines(
    `${path} belongs to the stack ${stack}, which is part of this app, in the workspace ${workspace}.`,
    `To remove what it holds, run: ${workspace === "default" ? "" : `TF_WORKSPACE=${workspace} `}cdktf-control-plane destroy ${stack}`,
    "If the program does not have it any more, deploy first.",
  );

/** Shortens Node's report of an uncaught error to the error and the lines of the app that led to it. */
function shortenedStack(output: string): string {
  const excerpt = /^\S.*:\d+\n.*\n *\^+\n\n*/gm;
  const framesOutsideApp = /^ {4}at .*(node:|\/node_modules\/).*\n?/gm;
  return output
    .replace(excerpt, "")
    .replace(framesOutsideApp, "")
    .replace(/^Node\.js v\S+$/m, "")
    .replaceAll(`${process.cwd()}/`, "");
}

export const indent = (text: string): string =>
  text.trim().replace(/^(?=.)/gm, "  ");
