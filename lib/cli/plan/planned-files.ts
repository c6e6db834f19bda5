import type { PlannedFile } from "../../request/request";
import type { Contents, StackStore } from "./contents";
import { type PlanTriggers, resourceChanges } from "./plan-json";
import type { Rename } from "./renames";
import type { State } from "./state";

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
  const wanted = new Set(
    store.addresses.flatMap((address) => {
      const row = resources.get(address);
      return row?.kind === "artefact" ? row.files : [];
    }),
  );
  const moved = new Map(
    renames.map(({ from, to }) => [to, applied.get(from)?.triggers]),
  );
  return resourceChanges(json).flatMap((change): PlannedFile[] => {
    const { address, actions, before, after } = change;
    const row = resources.get(address);
    if (row?.kind === "artefact" && row.store === store) {
      if (!actions.includes("create")) return [];
      const { files, spec } = after ?? {};
      const known = moved.get(address);
      if (known && known.files === files && known.spec === spec) return [];
      return linesOf(after).map((file) => ({
        ...file,
        ...(row.literal && typeof spec === "string" && { content: spec }),
      }));
    }
    const isGone =
      actions.join() === "delete" && kinds.get(address) === "artefact";
    return isGone
      ? linesOf(before)
          .filter(({ path }) => !wanted.has(path))
          .map(({ path }) => ({ path }))
      : [];
  });
}

/** Reads lines of the form `path mode [owner]`. */
const linesOf = ({ files }: PlanTriggers = {}) =>
  (typeof files === "string" ? files : "").split("\n").flatMap((line) => {
    const [path, mode, owner] = line.split(" ");
    return path && mode ? [{ path, mode, ...(owner && { owner }) }] : [];
  });
