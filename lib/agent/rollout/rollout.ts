import { isDeepStrictEqual } from "node:util";
import type { Work } from "../make/batch";
import { forgetHostKey } from "../hosts/known-hosts";
import { rollProcesses } from "../local/rollout";
import { undoUnlisted } from "../make/undo";
import { counted } from "../make/report";
import type { NodeRequest, RolloutRequest } from "../../request/request";
import { removeTree, strayTrees } from "./directory";
import {
  type Inventory,
  inventoryOf,
  isReinstalled,
  ownNodes,
  runsProcesses,
} from "../../store/inventory";
import { isHosted, LiveCluster } from "./live-cluster";
import { rollOut } from "./loop";
import { nextStep } from "./planner";
import { relativeToStore, Session } from "./session";
import { doStep } from "./steps";
import type { Store } from "../../store/store";

/** Brings the nodes to their trees, wherever they are, and the cluster to its objects. */
export async function runRollout(
  asked: RolloutRequest,
  work: Work,
): Promise<void> {
  const { store, say } = work;
  const request = throughStore(asked, store);
  const present = store.inventory();
  const session = new Session(work, inventoryOf(request, present));
  try {
    forgetReinstalled(request, session, present?.nodes ?? {});
    await session.keep(session.inventory);
    if (request.nodes.some(runsProcesses))
      await rollProcesses(request, session);
    else await rollHosts(request, session);
    for (const name of strayTrees(request, store)) removeTree(name, store, say);
    if (!request.pool) await undoUnlisted(request.afterwards ?? [], work);
    if (!isHosted(request) && !isDeepStrictEqual(present, session.inventory))
      say(
        `${titleOf(request)}: ${counted(ownNodes(request).length, "node")} in ${store.shown("nodes")}`,
      );
  } finally {
    await session.close();
  }
}

function throughStore(request: RolloutRequest, store: Store): RolloutRequest {
  const { nodes, pool } = request;
  const each = (node: NodeRequest) => relativeToStore(node, store);
  return {
    ...request,
    nodes: nodes.map(each),
    ...(pool && { pool: { ...pool, nodes: pool.nodes.map(each) } }),
  };
}

const titleOf = ({ clusterName, pool }: RolloutRequest): string =>
  pool ? `${clusterName} ${pool.name}` : clusterName;

/** Another machine answers under the same name, with another key. */
function forgetReinstalled(
  request: RolloutRequest,
  { work }: Session,
  before: NonNullable<Inventory["nodes"]>,
): void {
  for (const node of ownNodes(request)) {
    if (isReinstalled(node, before[node.name]))
      forgetHostKey(work.store.at("known_hosts"), node.name);
  }
}

/** Brings the hosts to their trees; what each step is the planner decides. */
async function rollHosts(
  request: RolloutRequest,
  session: Session,
): Promise<void> {
  const cluster = await LiveCluster.open(request, session);
  await rollOut({
    look: async (done) => ({ ...(await cluster.look()), done }),
    decide: nextStep,
    carryOut: (step) => doStep(step, cluster),
  });
  const healthy = counted(cluster.nodes.length, "node");
  if (isHosted(request))
    session.work.say(`${titleOf(request)}: ${healthy} healthy`);
}
