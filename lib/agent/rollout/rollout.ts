import { isDeepStrictEqual } from "node:util";
import type { Work } from "../make/batch";
import { waitForNode } from "../cluster/nodes";
import { nodesWait } from "./errors";
import { forgetHostKey } from "../hosts/known-hosts";
import { rollProcesses } from "../local/rollout";
import { undoUnlisted } from "../make/undo";
import { counted } from "../make/report";
import type { NodeRequest, RolloutRequest } from "../../request/request";
import { rollControlPlane } from "./control-plane";
import { removeTree, strayTrees } from "./directory";
import {
  type Inventory,
  inventoryOf,
  isReinstalled,
  ownNodes,
  runsProcesses,
  withNode,
} from "../../store/inventory";
import { leaveAll, leaveDead } from "./leave";
import type { LiveNode } from "./live-node";
import { EtcdMembers } from "./members";
import { bringPodNetwork } from "./pod-network";
import { POD_NETWORK_FILES } from "./pod-network-files";
import { checkBefore } from "./before";
import { rollPool } from "./pool";
import { hasEtcd, hasKubelet } from "./roles";
import { type Reached, relativeToStore, Session } from "./session";
import { treeFingerprint, waitingNodes } from "./waiting";
import type { Store } from "../../store/store";
import { bringObjects } from "./cluster-objects";

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
    else if (isHosted(request)) await rollHosts(request, session);
    else await leaveAll(request, session, undefined);
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

/** Nodes of directories have nobody to go to; a program mixes them with others only by pool. */
const isHosted = (request: RolloutRequest): boolean =>
  ownNodes(request).some(({ access }) => access.kind !== "directory");

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

async function rollHosts(
  request: RolloutRequest,
  session: Session,
): Promise<void> {
  const { etcd, podNetwork, pool } = request;
  const own = ownNodes(request);
  const reached = await session.reach(own, {
    ...(!pool && { etcd }),
    keeps: podNetwork ? POD_NETWORK_FILES : [],
  });
  await checkBefore(request, reached, session);
  const nodes = reached.flatMap((each) =>
    "node" in each && !each.request.retire ? [each.node] : [],
  );
  if (pool) await rollPool(request, nodes, session);
  else await rollMembers(request, nodes, reached, session);
  if (podNetwork)
    await bringPodNetwork(
      request,
      nodes.filter((node) => hasKubelet(node.request)),
      session,
    );
  const waiting = waitingNodes(request, nodes, session);
  if (waiting.length > 0) throw nodesWait(waiting);
}

async function rollMembers(
  request: RolloutRequest,
  nodes: readonly LiveNode[],
  reached: readonly Reached[],
  session: Session,
): Promise<void> {
  const { etcd, clusterName } = request;
  const { work } = session;
  const retiring = reached.flatMap((each) =>
    "node" in each && each.request.retire ? [each.node] : [],
  );
  // Who retires counts until it has left.
  const members =
    etcd &&
    new EtcdMembers(
      etcd,
      work.store,
      [...nodes, ...retiring].filter((node) => hasEtcd(node.request)),
    );
  const known = Object.values(session.inventory.nodes ?? {});
  const established = known.some(({ member }) => member);
  if (members && established)
    await leaveDead(request, members, reached, session);
  await rollControlPlane({
    request,
    nodes,
    members,
    established,
    say: work.say,
  });
  await session.keep(
    nodes.reduce(
      (inventory, { name, props, request: node }) =>
        withNode(inventory, name, {
          member: !members || hasEtcd(node) || undefined,
          tree: treeFingerprint(props.tree, node.binaries),
          retired: undefined,
        }),
      session.inventory,
    ),
  );

  const staying = nodes.map((node) => node.request);
  const api = await session.api(staying);
  for (const { name } of staying.filter(hasKubelet))
    await waitForNode(api, name);
  await leaveAll(request, session, { api, members });
  await bringObjects(api, request, session);
  work.say(`${clusterName}: ${counted(nodes.length, "node")} healthy`);
}
