import {
  anything,
  attempt,
  fields,
  list,
  optional,
  readJson,
  type Shape,
  text,
} from "../../base/shape";

/** A planned change of a resource, with its triggers before and after. */
export interface ResourceChange {
  readonly address: string;
  readonly actions: readonly string[];
  /** Absent if the resource is made. */
  readonly before?: PlanTriggers;
  /** Absent if the resource is destroyed. Triggers known only at apply are left out. */
  readonly after?: PlanTriggers;
  /** The names of triggers that are known only at apply. */
  readonly unknown: readonly string[];
}

export type PlanTriggers = Readonly<Record<string, unknown>>;

/** The triggers of a `null_resource` or a `terraform_data`. */
interface Values {
  readonly triggers?: unknown;
  readonly triggers_replace?: unknown;
}

const VALUES = fields<Values>({
  triggers: anything,
  triggers_replace: anything,
});

const values: Shape<Values | undefined> = (value, at) =>
  // Terraform writes `true` if everything is unknown, and `false` if nothing is.
  typeof value === "boolean" ? undefined : optional(VALUES)(value, at);

const PLAN = fields({
  resource_changes: optional(
    list(
      fields({
        address: text,
        change: fields({
          actions: list(text),
          before: values,
          after: values,
          after_unknown: values,
        }),
      }),
    ),
  ),
});

/** Reads the output of `terraform show -json` for a plan. One that cannot be read has no changes. */
export function resourceChanges(json: string): readonly ResourceChange[] {
  const { resource_changes = [] } = attempt(() => readJson(json, PLAN)) ?? {};
  return resource_changes.map(({ address, change }) => ({
    address,
    actions: change.actions,
    before: change.before && triggersOf(change.before),
    after: change.after && triggersOf(change.after),
    unknown: Object.entries(triggersOf(change.after_unknown ?? {})).flatMap(
      ([name, isUnknown]) => (isUnknown === true ? [name] : []),
    ),
  }));
}

function triggersOf(values: Values): PlanTriggers {
  const triggers = values.triggers ?? values.triggers_replace;
  return typeof triggers === "object" && triggers !== null
    ? (triggers as PlanTriggers)
    : {};
}
