import type { NodeRequest } from "../../request/request";
import { checkedNodes, type Inventory, isWorker } from "../../store/inventory";
import type { Finding } from "../preflight/errors";
import { notAsked } from "../upgrade/errors";
import { upgradeFindings } from "../upgrade/findings";
import { seeCluster } from "../upgrade/read";
import type { LiveCluster } from "./live-cluster";
import { seenHost } from "./seen-hosts";
import type { UpgradeView } from "./view";

type Rollout = Pick<LiveCluster, "request" | "session" | "results">;

/** Whether a rollout brings another release of Kubernetes: not at all, for the first time, or as one that goes on. */
export type UpgradeStage = "none" | "begins" | "goes on";

/** The releases that the control-plane nodes run, according to the inventory. */
export const runningReleases = ({ nodes = {} }: Inventory): string[] =>
  Object.values(nodes).flatMap(({ pool, retired, runs }) =>
    pool === undefined && !retired && runs?.kubernetes !== undefined
      ? [runs.kubernetes]
      : [],
  );

/** The releases that a rollout brings, and what the nodes of the program ran before. */
export const upgradeView = (
  { kubernetesVersion: kubernetes, etcd, nodes }: Rollout["request"],
  inventory: Inventory,
): UpgradeView => ({
  kubernetes,
  ...(etcd?.version !== undefined && { etcd: etcd.version }),
  nodes: nodes.map(({ name }) => ({
    name,
    runs: inventory.nodes?.[name]?.runs ?? {},
  })),
});

/**
 * An upgrade goes on if some of the nodes have the release already, or if an earlier rollout to it has begun. So does one
 * that is taken back half way.
 */
export function stageOf(
  { pool, kubernetesVersion }: Rollout["request"],
  inventory: Inventory,
): UpgradeStage {
  const running = runningReleases(inventory);
  if (pool || running.every((release) => release === kubernetesVersion))
    return "none";
  return running.includes(kubernetesVersion) ||
    inventory.upgradingTo === kubernetesVersion
    ? "goes on"
    : "begins";
}

/**
 * What speaks against the upgrade that a rollout brings, asked before anything is changed. An upgrade that goes on is not
 * stopped: the state that it left behind half way is often the problem, and going on the remedy.
 */
export async function findingsBeforeUpgrade({
  request,
  session,
  results,
}: Rollout): Promise<Finding[]> {
  const stage = stageOf(request, session.inventory);
  const reached = results.flatMap((each) =>
    "host" in each && !each.request.retire ? [each] : [],
  );
  if (stage === "none" || reached.length === 0) return [];
  const { etcd, kubernetesVersion: kubernetes } = request;
  const { inventory } = session;
  const seen = await seeCluster({
    connections: session,
    nodes: reached.filter(({ request: node }) => wasSetUp(node, session)),
    unreached: results.flatMap(({ request: node, ...each }) =>
      "host" in each || node.retire || !wasSetUp(node, session) ? [] : [node],
    ),
    workers: checkedNodes(inventory).filter((node) =>
      isWorker(inventory, node),
    ),
    // The preflight itself reports hosts that are not reached, and pulls the images.
    hosts: reached.map((each) => seenHost(each, session)),
    etcd,
  });
  const found = [
    ...upgradeFindings(seen, {
      kubernetes,
      ...(etcd?.version !== undefined && { etcd: etcd.version }),
    }),
    ...seen.unasked.map(({ about, reason }) => notAsked(about, reason)),
  ];
  return found.map(({ about, severity, problem, remedy }) => ({
    node: about,
    severity: stage === "goes on" ? "warning" : severity,
    problem,
    remedy,
  }));
}

/** A node that joins with this rollout runs nothing yet. */
const wasSetUp = (
  { name }: NodeRequest,
  { inventory }: Rollout["session"],
): boolean => inventory.nodes?.[name]?.tree !== undefined;
