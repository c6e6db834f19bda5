import { shownBytes } from "../base/limits";

/** An error that a user can meet: its message is all that is shown. One factory for each below. */
export class CliError extends Error {
  constructor(
    message: string,
    /** What the process ends with. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

const lines = (...parts: readonly string[]): CliError =>
  new CliError(parts.join("\n"));

const usage = (...parts: readonly string[]): CliError =>
  new CliError(parts.join("\n"), 2);

const SEE_HELP = "`cdktf-control-plane --help` lists what there is.";

export const unknownCommand = (given: string, known: readonly string[]) =>
  usage(
    `${JSON.stringify(given)} is no command. There are ${known.join(", ")}.`,
    SEE_HELP,
  );

export const invalidArguments = (reason: string) => usage(reason, SEE_HELP);

export const unknownStack = (given: string, known: readonly string[]) =>
  usage(
    `The app has no stack ${JSON.stringify(given)}. It has ${known.join(", ") || "none"}.`,
  );

export const neededStack = (stack: string, by: string) =>
  usage(
    `The stack ${by} needs ${stack}. Destroy it first, or both: cdktf-control-plane destroy ${stack} ${by}`,
  );

const HOW_TO_GET_TERRAFORM = [
  "  Terraform  https://developer.hashicorp.com/terraform/install",
  "  OpenTofu   https://opentofu.org/docs/intro/install, then: export TERRAFORM_BINARY_NAME=tofu",
];

export const missingTerraform = (binary: string) =>
  lines(
    `${binary} is not on the PATH. Terraform 1.5 or later is needed, or OpenTofu:`,
    ...HOW_TO_GET_TERRAFORM,
    "Nothing was done.",
  );

export const oldTerraform = (binary: string, version: string) =>
  lines(
    `${binary} is version ${version}. Terraform 1.5 or later is needed, or OpenTofu:`,
    ...HOW_TO_GET_TERRAFORM,
    "Nothing was done.",
  );

export const brokenTerraform = (binary: string, output: string) =>
  lines(
    `\`${binary} version\` does not say which version of Terraform it is:`,
    indent(output || "(no output)"),
    "TERRAFORM_BINARY_NAME names the program to use: Terraform 1.5 or later, or OpenTofu:",
    ...HOW_TO_GET_TERRAFORM,
    "Nothing was done.",
  );

export const unknownWorkspace = (binary: string, output: string) =>
  lines(
    `\`${binary} workspace show\` does not say which workspace is selected:`,
    indent(output || "(no output)"),
    "Nothing was done. TF_WORKSPACE names a workspace.",
  );

export const otherState = (variable: string, flag: string) =>
  usage(
    `${variable} in the environment holds ${flag}, which would make Terraform do something else than is told here, or to another state.`,
    `Nothing was done. Take ${flag} out of ${variable}. To work on another state, select its workspace: TF_WORKSPACE=<name>.`,
  );

export const noProject = (directory: string) =>
  lines(
    `There is no cdktf.json in ${directory}.`,
    "Run this where your cdktf app is; `cdktf init` makes one.",
  );

export const invalidProject = (reason: string) =>
  lines(
    `cdktf.json cannot be used: ${reason}.`,
    'Allowed is the command of your app, and where cdktf writes to: { "app": "npx tsx main.ts", "output": "cdktf.out" }',
  );

export const unusableOutput = (outdir: string, code = "unknown reason") =>
  lines(
    `The output folder ${JSON.stringify(outdir)} cannot be used: there is no folder, and none can be made (${code}).`,
    'Nothing was done. Allowed is a folder, or a link to one. See what is in its place, or name another one as "output" in cdktf.json.',
  );

export const appFailed = (command: string, output: string) =>
  lines(
    `The app failed: ${command}`,
    "",
    essence(output).trim() || output.trim() || "(no output)",
  );

export const appWithoutSynth = (command: string, manifest: string) =>
  lines(
    `The app ended well, but wrote no ${manifest}: ${command}`,
    'Call `app.synth()` at its end. If the app has an outdir of its own, App({ outdir }), name the same folder as "output" in cdktf.json.',
  );

const SAME_VERSION =
  "The command line and the app have to use the same version of cdktf-control-plane. Run the app's own with `npx cdktf-control-plane`,";

export const manifestMissing = (stack: string, path: string) =>
  lines(
    `${stack}: ${path} is missing, which says what the resources of the stack are. Nothing was done.`,
    "Either it was deleted, or an earlier version of the library synthesized the stack.",
    `${SAME_VERSION} and synthesize anew: \`cdktf synth\` or \`cdktf-control-plane deploy\`.`,
  );

export const manifestNewer = (
  stack: string,
  path: string,
  found: number,
  known: number,
) =>
  lines(
    `${stack}: ${path} has the format ${found}, and this command line reads up to ${known}: a newer version of the library synthesized the stack. Nothing was done.`,
    `${SAME_VERSION} or upgrade this one.`,
  );

export const manifestUnreadable = (
  stack: string,
  path: string,
  reason: string,
) =>
  lines(
    `${stack}: ${path} cannot be read: ${reason}. Nothing was done.`,
    "It is written by synthesis and not to be edited. Synthesize anew: `cdktf synth` or `cdktf-control-plane deploy`.",
  );

export const destroysOthers = (stack: string, resources: readonly string[]) =>
  lines(
    `${stack}: this deploy would destroy or replace resources that are not this library's:`,
    ...resources.map((resource) => `  ${resource}`),
    "What they hold would be lost. Nothing in this stack was changed.",
    "If you want this, deploy with --allow-destroy. If not, put them back into the program.",
  );

export const destroyDeclined = (stack: string) =>
  lines(`${stack}: nothing in this stack was changed, as you asked.`);

export const initFailed = (stack: string, output: string) =>
  lines(`${stack}: terraform init failed.`, "", output.trim());

export const stateTooLarge = (limit: number) =>
  lines(
    `\`terraform state pull\` prints more than ${shownBytes(limit)}, which is more than is read.`,
    "Look at what the state holds, and move what is large out of it. Nothing was done.",
  );

export const noStore = (path: string) =>
  lines(
    `${path} is no store: there is neither an inventory.json nor anything made here.`,
    "Give the folder of a cluster, clusters/<name> by default.",
  );

export const noStores = (command: string) =>
  usage(
    `There is no store here. Name one: cdktf-control-plane ${command} clusters/<name>`,
  );

export const storeInUse = (path: string, stack: string, workspace: string) =>
  lines(
    `${path} belongs to the stack ${stack}, which is part of this app, in the workspace ${workspace}.`,
    `To remove the cluster: ${workspace === "default" ? "" : `TF_WORKSPACE=${workspace} `}cdktf-control-plane destroy ${stack}`,
    "If its ControlPlane is no longer in the program, deploy first.",
  );

/** Of what Node says of an error that nobody caught: the error and where in the app it came from. */
function essence(output: string): string {
  const excerpt = /^\S.*:\d+\n.*\n *\^+\n\n*/gm;
  const elsewhere = /^ {4}at .*(node:|\/node_modules\/).*\n?/gm;
  return output
    .replace(excerpt, "")
    .replace(elsewhere, "")
    .replace(/^Node\.js v\S+$/m, "")
    .replaceAll(`${process.cwd()}/`, "");
}

export const indent = (text: string): string =>
  text.trim().replace(/^(?=.)/gm, "  ");
