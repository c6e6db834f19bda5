import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Preview } from "../../agent/rollout/preview-shape";
import type {
  PreviewOrder,
  PreviewRequest,
  RolloutRequest,
} from "../../request/request";
import { runPreview } from "./agent";
import type { Contents, StackStore } from "./contents";
import type { Plan } from "./planned";
import { plannedFiles } from "./planned-files";
import { hostedNodesOf, type Rollout } from "./rollout-changes";
import type { State } from "./state";
import { type Context, type MadePlan, previewFile } from "./workspace";

/** What the rollouts of one store would do, or why nobody could look. */
export interface StorePreview {
  readonly store: StackStore;
  readonly previews: readonly Preview[];
  readonly failure?: string;
}

/** Looks at the hosts of the rollouts that are planned, without any change, and leaves what is seen for the rollouts. */
export async function previewRollouts(
  plan: Plan,
  state: State,
  { contents, made }: { readonly contents: Contents; readonly made: MadePlan },
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
  const json = await made.json();
  const found: StorePreview[] = [];
  for (const store of contents.stores) {
    const own = rollouts.filter((row) => row.store === store);
    if (own.length === 0) continue;
    const order: PreviewOrder = {
      rollouts: own.map((row) => requestOf(row)),
      files: plannedFiles(json, store, contents, state),
    };
    const file = join(made.folder, "preview-order.json");
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
    const result = await runPreview(request, base, context);
    found.push(
      typeof result === "string"
        ? { store, previews: [], failure: result }
        : { store, previews: result },
    );
  }
  const previews = found.flatMap((each) => each.previews);
  const text = JSON.stringify(previews);
  writeFileSync(previewFile(made.folder), text, { mode: 0o600 });
  return found;
}

/** What a preview can do without: it is not shown, or asked of the host or of a file. */
const DISPENSABLE =
  /^(\/machineId|\/labels|\/taints|\/binaries\/\d+\/source\/sha256)(\/|$)/;

/** Nobody can go to a host of which anything is known only at apply. */
export function requestOf(row: Rollout): PreviewOrder["rollouts"][number] {
  const { request, store, unknown } = row;
  const { store: location, stack, workspace } = store.teardown;
  const places = unknown.map((place) => {
    const [, node, below = ""] =
      /^((?:\/pool)?\/nodes\/\d+)(\/.*)?$/.exec(place) ?? [];
    return { node, isDispensable: DISPENSABLE.test(below) };
  });
  const lacking = places.filter(({ isDispensable }) => !isDispensable);
  return {
    request: {
      ...request,
      action: "rollout",
      store: location,
      stack,
      workspace,
    } as RolloutRequest,
    unknown: hostedNodesOf(row).flatMap(({ node, place }) =>
      // What is not of one node is of all of them.
      lacking.some((each) => each.node === undefined || each.node === place)
        ? [node.name]
        : [],
    ),
  };
}
