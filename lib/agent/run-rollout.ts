import { isDeepStrictEqual } from "node:util";
import type { RolloutRequest } from "../request/request";
import { inventoryAfter, inventoryOf, ownNodes } from "../store/inventory";
import { rollOutProcesses } from "./local/rollout";
import type { Work } from "../store/work";
import { counted } from "../base/counted";
import { undoUnlisted } from "./make/undo";
import { removeTree, strayTrees } from "./rollout/directory";
import { isHosted } from "./rollout/live-cluster";
import type { Preview } from "./rollout/preview-shape";
import { forgetReinstalled, throughStore, titleOf } from "./rollout/request";
import { rollOutHosts } from "./rollout/rollout";
import { Session } from "./rollout/session";
import { runsProcesses } from "../request/roles";

/** Makes the nodes match their trees, wherever they are, and applies the cluster objects. */
export async function runRollout(
  asked: RolloutRequest,
  work: Work,
  previews: readonly Preview[] = [],
): Promise<void> {
  const { store, say } = work;
  const request = throughStore(asked, store);
  const title = titleOf(request);
  // A preview that ended with a refusal does not show the steps that follow once its reason is fixed.
  const { steps } =
    previews.find((each) => each.title === title && !each.refusal) ?? {};
  const present = store.inventory();
  const session = new Session(work, inventoryOf(request, present));
  try {
    forgetReinstalled(request, store.at("known_hosts"), present);
    await session.saveInventory(session.inventory);
    if (request.nodes.some(runsProcesses))
      await rollOutProcesses(request, session, steps);
    else await rollOutHosts(request, session, steps);
    await session.saveInventory(inventoryAfter(session.inventory, request));
    for (const name of strayTrees(request, store)) removeTree(name, store, say);
    if (!request.pool) await undoUnlisted(request.afterwards ?? [], work);
    if (!isHosted(request) && !isDeepStrictEqual(present, session.inventory))
      say(
        `${title}: the files of ${counted(ownNodes(request).length, "node")} are in ${store.shown("nodes")}`,
      );
  } finally {
    await session.close();
  }
}
