import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readIfThere, sha256 } from "../../base/files";
import {
  anything,
  attempt,
  fields,
  flag,
  list,
  Mismatch,
  number,
  optional,
  readJson,
  record,
  text,
} from "../../base/shape";
import {
  changedSinceSaved,
  noStackOfPlan,
  unreadablePlan,
  unwritablePlan,
} from "../errors-plan";
import { MANIFEST_FILE } from "../../request/manifest";
import type { Stack } from "./app";
import type { Plan, PlannedChange } from "./planned";

/** The file that `plan --out` writes: Terraform's plan of one stack, and all that an apply of it needs. */
export interface PlanFile {
  readonly version: number;
  readonly stack: string;
  readonly workspace: string;
  /** The hashes of the synthesized files, by their paths in the stack's folder. The plan is of these files. */
  readonly synthesized: Readonly<Record<string, string>>;
  readonly plan: Plan;
  /** What the rollouts would do, as the preview showed it; JSON. */
  readonly preview?: string;
  /** Terraform's plan in base64. */
  readonly terraform: string;
}

const VERSION = 1;

const PLAN_FILE = fields<PlanFile>({
  version: number,
  stack: text,
  workspace: text,
  synthesized: record(text),
  plan: fields<Plan>({
    changes: list(
      fields<PlannedChange>({
        address: text,
        action: text,
        isData: optional(flag),
        movedFrom: optional(text),
        imported: optional(text),
      }),
    ),
    outputs: record(text),
  }),
  preview: optional(text),
  terraform: text,
});

/** Writes a plan file that only this user can read: a plan contains the values of the user's resources. */
export function writePlanFile(
  path: string,
  stack: Stack,
  about: Omit<PlanFile, "version" | "stack" | "synthesized" | "terraform">,
  terraformPlan: string,
): void {
  const file: PlanFile = {
    version: VERSION,
    stack: stack.name,
    synthesized: hashesIn(stack),
    ...about,
    terraform: readFileSync(terraformPlan).toString("base64"),
  };
  try {
    writeFileSync(path, JSON.stringify(file), { mode: 0o600 });
  } catch (error) {
    throw unwritablePlan(path, (error as NodeJS.ErrnoException).code);
  }
}

export function readPlanFile(path: string): PlanFile {
  try {
    const json = readFileSync(path, "utf8");
    const { version } = readJson(json, fields({ version: anything }));
    if (version !== VERSION)
      throw new Mismatch(`its format is ${JSON.stringify(version)}`);
    return readJson(json, PLAN_FILE);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw unreadablePlan(path, error.message);
  }
}

/** What the rollouts of a saved plan do, as the preview showed it. */
export const readPreviews = ({ preview = "[]" }: PlanFile): unknown =>
  attempt(() => readJson(preview, anything));

/** The stack of a plan file, if its synthesized files are still those that were planned. */
export function plannedStack(
  path: string,
  { stack: name, synthesized }: PlanFile,
  stacks: readonly Stack[],
): Stack {
  const stack = stacks.find((each) => each.name === name);
  if (stack === undefined) throw noStackOfPlan(path, name);
  const now = hashesIn(stack);
  const changed = [
    ...new Set([...Object.keys(synthesized), ...Object.keys(now)]),
  ].filter((file) => synthesized[file] !== now[file]);
  if (changed.length > 0)
    throw changedSinceSaved(
      path,
      changed.map((file) => join(stack.directory, file)),
    );
  return stack;
}

function hashesIn({ directory }: Stack): Record<string, string> {
  return Object.fromEntries(
    ["cdk.tf.json", MANIFEST_FILE].flatMap((file) => {
      const content = readIfThere(join(directory, file));
      return content ? [[file, sha256(content)]] : [];
    }),
  );
}
