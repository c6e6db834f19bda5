import { prepareEncryption, rewriteAll, settle } from "./encryption";
import { elapsed } from "../../base/clock";
import { markNode, waitForNode } from "../cluster/nodes";
import { AgentError } from "../../base/errors";
import { runPreflight } from "./preflight";
import { applyClusterObjects } from "./cluster-objects";
import { generationNumbers, withNode } from "../../store/inventory";
import type { LiveCluster } from "./live-cluster";
import type { LiveNode } from "./live-node";
import { awaitPodNetwork, setUpPodNetwork } from "./pod-network";
import { hasApiServer, hasEtcd, hasKubelet } from "../../request/roles";
import type { LocalStepKind, Step, StepKind } from "./step";
import { bringConfiguration } from "./steps-encryption";
import { emptyNode, fillNode } from "./steps-drain";
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
import { save } from "./save";
import { prepareRestore, recordRestore, restoreData } from "./steps-restore";
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
  prepare: onceForAll(async (_, cluster) => {
    await runPreflight(cluster);
    await prepareRestore(cluster);
    const { request, session } = cluster;
    await prepareEncryption(request, session, await cluster.encryptionView());
  }),
  "back up": onceForAll((_, { request, session }) => save(request, session)),
  stop: onNodesInParallel((node) => node.stop()),
  "restore data": onNodesInParallel(restoreData),
  empty: onTheOnlyNode(emptyNode),
  fill: onTheOnlyNode(fillNode),
  "remove member": onTheOnlyNode(removeMember),
  "start etcd": onNodesInParallel(startEtcd),
  start: async (step, cluster) => {
    const errors = await onNodesInParallel(startRest)(step, cluster);
    const start = Math.min(
      ...step.nodes.map((name) => cluster.startTime(name)),
    );
    if (errors.length === 0)
      cluster.session.work.say(
        `${step.nodes.join(", ")}: up after ${elapsed(cluster.session.work.clock, start)}`,
      );
    return errors;
  },
  change: onNodesInParallel(changeNode),
  sign: async (step, cluster) => {
    await cluster.releaseSigners();
    return onNodesInParallel(changeNode)(step, cluster);
  },
  "set data aside": onNodesInParallel((node) => node.setEtcdDataAside()),
  "add learner": onNodesInParallel(addLearner),
  "start learner": onNodesInParallel(startLearner),
  promote: onNodesInParallel(promote),
  join: ({ nodes }, cluster) =>
    withToken(nodes, cluster, (join) =>
      errorsOf(
        nodes.map((name) => joinWorker(cluster.node(name), join, cluster)),
      ),
    ),
  "read key": onNodesInParallel(bringConfiguration),
  "write key": onNodesInParallel(bringConfiguration),
  rewrite: onceForAll((_, { request, session }) =>
    rewriteAll(request, session),
  ),
  settle: onceForAll((_, { request, session }) => settle(request, session)),
  "drop key": onNodesInParallel(bringConfiguration),
  confirm: onceForAll(confirm),
  cordon: onceForAll(cordonNodes),
  drain: onTheOnlyNode(drainNode),
  leave: onTheOnlyNode(leaveCluster),
  "apply objects": onceForAll(async (_, { request, session, api }) =>
    applyClusterObjects(await api(), request, session),
  ),
  "pod network": onceForAll((_, cluster) => setUpPodNetwork(cluster)),
  "await nodes": onceForAll((_, cluster) => awaitPodNetwork(cluster)),
};

/** Does a step. It rejects if the reason of a failure is not a single node. */
export function doStep(
  step: Step,
  cluster: LiveCluster,
): Promise<readonly AgentError[]> {
  cluster.markStarted(step);
  return STEP_ACTIONS[step.kind as keyof typeof STEP_ACTIONS](step, cluster);
}

function onNodesInParallel(
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

/** The action handles all nodes of the step itself. If it fails, the reason is not a single node. */
function onceForAll(
  action: (names: readonly string[], cluster: LiveCluster) => Promise<void>,
): StepAction {
  return async ({ nodes }, cluster) => {
    await action(nodes, cluster);
    return [];
  };
}

function onTheOnlyNode(
  action: (name: string, cluster: LiveCluster) => Promise<void>,
): StepAction {
  return onceForAll(([name], cluster) => action(name, cluster));
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
            runs: {
              ...(hasApiServer(node) && {
                kubernetes: request.kubernetesVersion,
              }),
              ...(hasEtcd(node) && { etcd: request.etcd?.version }),
            },
          }),
          tree: treeFingerprint(props.tree, node.binaries),
          generations: generationNumbers(request),
          retired: undefined,
        }),
      session.inventory,
    ),
  );
  const api = await cluster.api();
  await recordRestore(cluster, api);
  for (const { name, request: node } of nodes) {
    if (hasKubelet(node)) await waitForNode(api, name);
    const { labels, taints } = node;
    if (request.pool) await markNode(api, { name, labels, taints });
  }
}
