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
import type { PlannedFile } from "../../request/request";
import type { Contents, StackStore } from "./contents";
import type { Rename } from "./renames";
import type { State } from "./state";

/** The values of a resource before or after a change. */
interface Values {
  readonly triggers?: unknown;
  readonly triggers_replace?: unknown;
}

const VALUES = fields<Values>({
  triggers: anything,
  triggers_replace: anything,
});

/** Terraform writes null for a resource that does not exist before, or after, the change. */
const values: Shape<Values> = (value, at) => VALUES(value ?? {}, at);

const PLAN = fields({
  resource_changes: optional(
    list(
      fields({
        address: text,
        change: fields({
          actions: list(text),
          before: values,
          after: values,
        }),
      }),
    ),
  ),
});

/**
 * The files of a store that a plan makes or removes. `json` is the output of `terraform show -json` for the plan. A file
 * whose resource only gets another address is not made.
 */
export function plannedFiles(
  json: string,
  store: StackStore,
  { resources }: Contents,
  { kinds, resources: applied }: State,
  renames: readonly Rename[] = [],
): PlannedFile[] {
  const { resource_changes = [] } = attempt(() => readJson(json, PLAN)) ?? {};
  const wanted = new Set(
    store.addresses.flatMap((address) => {
      const row = resources.get(address);
      return row?.kind === "artefact" ? row.files : [];
    }),
  );
  const moved = new Map(
    renames.map(({ from, to }) => [to, applied.get(from)?.triggers]),
  );
  return resource_changes.flatMap(({ address, change }): PlannedFile[] => {
    const { actions, before, after } = change;
    const row = resources.get(address);
    if (row?.kind === "artefact" && row.store === store) {
      if (!actions.includes("create")) return [];
      const { files, spec } = triggersOf(after);
      const known = moved.get(address);
      if (known && known.files === files && known.spec === spec) return [];
      return linesOf(files).map((file) => ({
        ...file,
        ...(row.literal && typeof spec === "string" && { content: spec }),
      }));
    }
    const isGone =
      actions.join() === "delete" && kinds.get(address) === "artefact";
    return isGone
      ? linesOf(triggersOf(before).files)
          .filter(({ path }) => !wanted.has(path))
          .map(({ path }) => ({ path }))
      : [];
  });
}

/** The triggers of a `null_resource` or a `terraform_data`. Those known only at apply are absent. */
function triggersOf(values: Values): Readonly<Record<string, unknown>> {
  const triggers = values.triggers ?? values.triggers_replace;
  return typeof triggers === "object" && triggers !== null
    ? (triggers as Readonly<Record<string, unknown>>)
    : {};
}

/** Reads lines of the form `path mode [owner]`. */
const linesOf = (lines: unknown) =>
  (typeof lines === "string" ? lines : "").split("\n").flatMap((line) => {
    const [path, mode, owner] = line.split(" ");
    return path && mode ? [{ path, mode, ...(owner && { owner }) }] : [];
  });
