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
import type { State } from "./state";

interface Side {
  readonly triggers?: unknown;
  readonly triggers_replace?: unknown;
}

const SIDE = fields<Side>({ triggers: anything, triggers_replace: anything });

/** Nothing is there before a resource is made, and after it is destroyed. */
const side: Shape<Side> = (value, at) => SIDE(value ?? {}, at);

const PLAN = fields({
  resource_changes: optional(
    list(
      fields({
        address: text,
        change: fields({
          actions: list(text),
          before: side,
          after: side,
        }),
      }),
    ),
  ),
});

/** The files of a store that a plan makes anew, and those that it removes; `json` is Terraform's own of the plan. */
export function plannedFiles(
  json: string,
  store: StackStore,
  { resources }: Contents,
  { kinds }: State,
): PlannedFile[] {
  const { resource_changes = [] } = attempt(() => readJson(json, PLAN)) ?? {};
  const wanted = new Set(
    store.addresses.flatMap((address) => {
      const row = resources.get(address);
      return row?.kind === "artefact" ? row.files : [];
    }),
  );
  return resource_changes.flatMap(({ address, change }): PlannedFile[] => {
    const { actions, before, after } = change;
    const row = resources.get(address);
    if (row?.kind === "artefact" && row.store === store) {
      if (!actions.includes("create")) return [];
      const { files, spec } = triggersOf(after);
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

/** Of a `null_resource` or a `terraform_data`; what is known only at apply is absent. */
function triggersOf(side: Side): Readonly<Record<string, unknown>> {
  const triggers = side.triggers ?? side.triggers_replace;
  return typeof triggers === "object" && triggers !== null
    ? (triggers as Readonly<Record<string, unknown>>)
    : {};
}

/** `path mode [owner]` each. */
const linesOf = (lines: unknown) =>
  (typeof lines === "string" ? lines : "").split("\n").flatMap((line) => {
    const [path, mode, owner] = line.split(" ");
    return path && mode ? [{ path, mode, ...(owner && { owner }) }] : [];
  });
