import { elapsed } from "../../base/clock";
import { markNode, waitForNode } from "../cluster/nodes";
import { AgentError } from "../../base/errors";
import { runPreflight } from "./preflight";
import { applyClusterObjects } from "./cluster-objects";
import { withNode } from "../../store/inventory";
import type { LiveCluster } from "./live-cluster";
import type { LiveNode } from "./live-node";
import { setUpPodNetwork } from "./pod-network";
import { hasEtcd, hasKubelet } from "../../request/roles";
import type { LocalStepKind, Step, StepKind } from "./step";
import { cordonNodes, drainNode, leaveCluster } from "./steps-leaving";
import {
  addLearner,
  promote,
  removeMember,
  startLearner,
} from "./steps-members";
import {
  changeNode,
  joinWorker,
  startEtcd,
  startRest,
  withToken,
} from "./steps-nodes";
import { treeFingerprint } from "./tree-fingerprint";

/** Does a step, and returns one error for each node that failed. */
type StepAction = (
  step: Step,
  cluster: LiveCluster,
) => Promise<readonly AgentError[]>;

/** How each kind of step is done. Only the planner decides what is done. */
const STEP_ACTIONS: Readonly<
  Record<Exclude<StepKind, LocalStepKind>, StepAction>
> = {
  prepare: onAllNodes((_, cluster) => runPreflight(cluster)),
  "remove member": onOneNode(removeMember),
  "start etcd": onEachNode(startEtcd),
  start: async (step, cluster) => {
    const errors = await onEachNode(startRest)(step, cluster);
    const start = Math.min(
      ...step.nodes.map((name) => cluster.startTime(name)),
    );
    if (errors.length === 0)
      cluster.session.work.say(
        `${step.nodes.join(", ")}: up after ${elapsed(cluster.session.work.clock, start)}`,
      );
    return errors;
  },
  change: onEachNode(changeNode),
  "set data aside": onEachNode((node) => node.setEtcdDataAside()),
  "add learner": onEachNode(addLearner),
  "start learner": onEachNode(startLearner),
  promote: onEachNode(promote),
  join: ({ nodes }, cluster) =>
    withToken(nodes, cluster, (join) =>
      errorsOf(
        nodes.map((name) => joinWorker(cluster.node(name), join, cluster)),
      ),
    ),
  confirm: onAllNodes(confirm),
  cordon: onAllNodes(cordonNodes),
  drain: onOneNode(drainNode),
  leave: onOneNode(leaveCluster),
  "apply objects": onAllNodes(async (_, { request, session, api }) =>
    applyClusterObjects(await api(), request, session),
  ),
  "pod network": onAllNodes((_, cluster) => setUpPodNetwork(cluster)),
};

/** Does a step. It rejects if the reason of a failure is not a single node. */
export function doStep(
  step: Step,
  cluster: LiveCluster,
): Promise<readonly AgentError[]> {
  cluster.markStarted(step);
  return STEP_ACTIONS[step.kind as keyof typeof STEP_ACTIONS](step, cluster);
}

/** Runs the action on all nodes of the step at once. */
function onEachNode(
  action: (node: LiveNode, cluster: LiveCluster) => Promise<void>,
): StepAction {
  return ({ nodes }, cluster) =>
    errorsOf(nodes.map((name) => action(cluster.node(name), cluster)));
}

/** Waits for all nodes, even if one fails, and returns the errors. */
async function errorsOf(
  nodes: readonly Promise<void>[],
): Promise<readonly AgentError[]> {
  const outcomes = await Promise.allSettled(nodes);
  return outcomes.flatMap((outcome) => {
    if (outcome.status === "fulfilled") return [];
    if (outcome.reason instanceof AgentError) return [outcome.reason];
    throw outcome.reason;
  });
}

function onAllNodes(
  action: (names: readonly string[], cluster: LiveCluster) => Promise<void>,
): StepAction {
  return async ({ nodes }, cluster) => {
    await action(nodes, cluster);
    return [];
  };
}

function onOneNode(
  action: (name: string, cluster: LiveCluster) => Promise<void>,
): StepAction {
  return onAllNodes(([name], cluster) => action(name, cluster));
}

/**
 * Records the delivered trees in the inventory, waits until the cluster knows the nodes, and sets the labels and taints
 * of workers.
 */
async function confirm(
  names: readonly string[],
  cluster: LiveCluster,
): Promise<void> {
  const { session, request, members } = cluster;
  const nodes = names.map((name) => cluster.node(name));
  await session.saveInventory(
    nodes.reduce(
      (inventory, { name, props, request: node }) =>
        withNode(inventory, name, {
          ...(!request.pool && {
            member: !members || hasEtcd(node) || undefined,
          }),
          tree: treeFingerprint(props.tree, node.binaries),
          retired: undefined,
        }),
      session.inventory,
    ),
  );
  const api = await cluster.api();
  for (const { name, request: node } of nodes) {
    if (hasKubelet(node)) await waitForNode(api, name);
    const { labels, taints } = node;
    if (request.pool) await markNode(api, { name, labels, taints });
  }
}
