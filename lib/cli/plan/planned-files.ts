import type { PlannedFile } from "../../request/request";
import type { Contents, StackStore } from "./contents";
import { type PlanTriggers, resourceChanges } from "./plan-json";
import type { State } from "./state";

/** The files of a store that a plan makes or removes. `json` is the output of `terraform show -json` for the plan. */
export function plannedFiles(
  json: string,
  store: StackStore,
  { resources }: Contents,
  { kinds }: State,
): PlannedFile[] {
  const wanted = new Set(
    store.addresses.flatMap((address) => {
      const row = resources.get(address);
      return row?.kind === "artefact" ? row.files : [];
    }),
  );
  return resourceChanges(json).flatMap((change): PlannedFile[] => {
    const { address, actions, before, after } = change;
    const row = resources.get(address);
    if (row?.kind === "artefact" && row.store === store) {
      if (!actions.includes("create")) return [];
      const { spec } = after ?? {};
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
