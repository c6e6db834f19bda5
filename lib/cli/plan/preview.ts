import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Preview } from "../../agent/rollout/preview-shape";
import type {
  PreviewOrder,
  PreviewRequest,
  RolloutRequest,
} from "../../request/request";
import { runPreview } from "./agent";
import type { StackStore } from "./contents";
import { plannedFiles } from "./planned-files";
import { renamesIn } from "./renames";
import { hostedNodesOf, type Rollout } from "./rollout-changes";
import { shownPath } from "../text";
import { type Context, type ReviewedPlan, previewFile } from "./workspace";

/** What the rollouts of one store would do, or why the hosts could not be examined. */
export interface StorePreview {
  readonly store: StackStore;
  readonly previews: readonly Preview[];
  readonly failure?: string;
}

/**
 * Examines the hosts of the planned rollouts, without changing anything there. The result is also written to a file,
 * with which the rollouts compare what they find at apply.
 */
export async function previewRollouts(
  { plan, state, contents, saved }: ReviewedPlan,
  context: Context,
): Promise<readonly StorePreview[]> {
  const running = new Set(
    plan.changes
      .filter(({ action }) => action !== "delete")
      .map(({ address }) => address),
  );
  const rollouts = [...contents.resources].flatMap(([address, row]) =>
    row.kind === "rollout" &&
    running.has(address) &&
    hostedNodesOf(row).length > 0
      ? [row]
      : [],
  );
  if (rollouts.length === 0) return [];
  const json = await saved.json();
  const renames = renamesIn(plan, contents, state);
  const found: StorePreview[] = [];
  for (const store of contents.stores) {
    const own = rollouts.filter((row) => row.store === store);
    if (own.length === 0) continue;
    const order: PreviewOrder = {
      rollouts: own.map((row) => requestOf(row)),
      files: plannedFiles(json, store, contents, state, renames),
    };
    const file = join(saved.folder, "preview-order.json");
    writeFileSync(file, JSON.stringify(order), { mode: 0o600 });
    const { teardown, base } = store;
    const request: PreviewRequest = {
      action: "preview",
      store: teardown.store,
      stack: teardown.stack,
      workspace: teardown.workspace,
      workingDirectory: teardown.workingDirectory,
      order: file,
    };
    const result = await context.output.during(
      { phase: "preview", store: shownPath(store.directory) },
      () => runPreview(request, base, context),
    );
    found.push(
      typeof result === "string"
        ? { store, previews: [], failure: result }
        : { store, previews: result },
    );
  }
  const previews = found.flatMap((each) => each.previews);
  const text = JSON.stringify(previews);
  writeFileSync(previewFile(saved.folder), text, { mode: 0o600 });
  return found;
}

/** Values that a preview does not need: it does not show them, or finds them on the host or in a file. */
const NOT_NEEDED =
  /^(\/machineId|\/labels|\/taints|\/binaries\/\d+\/source\/sha256)(\/|$)|^\/restore\/program\/sha256$/;

/** The request of a rollout, and the nodes that cannot be examined because a needed value is known only at apply. */
export function requestOf(row: Rollout): PreviewOrder["rollouts"][number] {
  const { request, store, unknown } = row;
  const { store: location, stack, workspace } = store.teardown;
  const places = unknown.map((place) => {
    const [, node, below] =
      /^((?:\/pool)?\/nodes\/\d+)?(\/.*)?$/.exec(place) ?? [];
    return { node, isNeeded: !NOT_NEEDED.test(below ?? "") };
  });
  const lacking = places.filter(({ isNeeded }) => isNeeded);
  return {
    request: {
      ...request,
      action: "rollout",
      store: location,
      stack,
      workspace,
    } as RolloutRequest,
    unknown: hostedNodesOf(row).flatMap(({ node, place }) =>
      // A value that belongs to no single node concerns all of them.
      lacking.some((each) => each.node === undefined || each.node === place)
        ? [node.name]
        : [],
    ),
  };
}
