import { lines, usage } from "./errors";

const PLAN_AGAIN = "Plan again: cdktf-control-plane plan --out";

export const unreadablePlan = (path: string, problem: string) =>
  lines(
    `${path} is not a plan that this version can apply: ${problem}.`,
    `${PLAN_AGAIN} ${path}`,
  );

export const unwritablePlan = (path: string, code: string | undefined) =>
  lines(
    `The plan cannot be written to ${path} (${code}). Nothing was changed.`,
    "Name a file in a folder that exists and in which you may write.",
  );

export const noStackOfPlan = (path: string, stack: string) =>
  lines(
    `${path} is a plan of the stack ${stack}, which the last synthesis in this folder does not have.`,
    "Apply it in the folder in which it was planned, or plan again.",
  );

export const changedSinceSaved = (path: string, files: readonly string[]) =>
  lines(
    `The program was synthesized again after ${path} was planned, and its output differs:`,
    ...files.map((file) => `  ${file}`),
    `Nothing was changed. ${PLAN_AGAIN} ${path}`,
  );

export const workspaceSinceSaved = (
  path: string,
  planned: string,
  selected: string,
) =>
  lines(
    `${path} is a plan for the workspace ${planned}, and ${selected} is selected. Nothing was changed.`,
    `Select it first: export TF_WORKSPACE=${planned}`,
  );

export const planOfOneStack = (stacks: readonly string[]) =>
  usage(
    `--out saves the plan of one stack, and there are ${stacks.length}: ${stacks.join(", ")}. A later stack is planned with what the earlier ones made.`,
    `Name one: cdktf-control-plane plan ${stacks[0]} --out FILE`,
  );

export const perhapsDeployFirst = (stack: string, first: readonly string[]) =>
  `${stack} can be planned only with the outputs of ${first.join(" and ")}, which this plan would change. If it failed for that reason, deploy first: cdktf-control-plane deploy ${first.join(" ")}`;

export const planOrStacks = (file: string) =>
  usage(
    `${file} is a saved plan, which is deployed alone.`,
    `Write: cdktf-control-plane deploy ${file}`,
  );

const PLAN_FIRST =
  "Save the plan, look at it, and apply it: cdktf-control-plane plan --out FILE, then cdktf-control-plane deploy FILE";

export const confirmWithoutTerminal = (stack: string) =>
  lines(
    `${stack}: --confirm asks before the plan is applied, and there is no terminal to ask in. Nothing was changed.`,
    PLAN_FIRST,
  );

export const confirmWithJson = () =>
  usage(
    "--confirm asks before the plan is applied, and with --json nobody is asked. Nothing was changed.",
    PLAN_FIRST,
  );

export const planDeclined = (stack: string) =>
  lines(`${stack}: the plan was not confirmed. Nothing was changed.`);
