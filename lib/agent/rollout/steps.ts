import { elapsed } from "../../base/clock";
import { markNode, waitForNode } from "../cluster/nodes";
import { AgentError } from "../../base/errors";
import { checkBefore } from "./before";
import { bringObjects } from "./cluster-objects";
import { withNode } from "../../store/inventory";
import type { LiveCluster } from "./live-cluster";
import type { LiveNode } from "./live-node";
import { bringPodNetwork } from "./pod-network";
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
type Doing = (
  step: Step,
  cluster: LiveCluster,
) => Promise<readonly AgentError[]>;

/** How each kind of step is done. Only the planner decides what is done. */
const DOING: Readonly<Record<Exclude<StepKind, LocalStepKind>, Doing>> = {
  prepare: whole((_, cluster) => checkBefore(cluster)),
  "remove member": one(removeMember),
  "start etcd": each(startEtcd),
  start: async (step, cluster) => {
    const errors = await each(startRest)(step, cluster);
    const start = Math.min(...step.nodes.map((name) => cluster.since(name)));
    if (errors.length === 0)
      cluster.session.work.say(
        `${step.nodes.join(", ")}: up after ${elapsed(cluster.session.work.clock, start)}`,
      );
    return errors;
  },
  change: each(changeNode),
  "set data aside": each((node) => node.setEtcdDataAside()),
  "add learner": each(addLearner),
  "start learner": each(startLearner),
  promote: each(promote),
  join: ({ nodes }, cluster) =>
    withToken(nodes, cluster, (join) =>
      settled(
        nodes.map((name) => joinWorker(cluster.node(name), join, cluster)),
      ),
    ),
  confirm: whole(confirm),
  cordon: whole(cordonNodes),
  drain: one(drainNode),
  leave: one(leaveCluster),
  "apply objects": whole(async (_, { request, session, api }) =>
    bringObjects(await api(), request, session),
  ),
  "pod network": whole((_, cluster) => bringPodNetwork(cluster)),
};

/** Does a step. It rejects if the reason of a failure is not a single node. */
export function doStep(
  step: Step,
  cluster: LiveCluster,
): Promise<readonly AgentError[]> {
  cluster.begin(step);
  return DOING[step.kind as keyof typeof DOING](step, cluster);
}

/** Runs the action on all nodes of the step at once. */
function each(
  action: (node: LiveNode, cluster: LiveCluster) => Promise<void>,
): Doing {
  return ({ nodes }, cluster) =>
    settled(nodes.map((name) => action(cluster.node(name), cluster)));
}

/** Waits for all nodes, even if one fails, and returns the errors. */
async function settled(
  nodes: readonly Promise<void>[],
): Promise<readonly AgentError[]> {
  const outcomes = await Promise.allSettled(nodes);
  return outcomes.flatMap((outcome) => {
    if (outcome.status === "fulfilled") return [];
    if (outcome.reason instanceof AgentError) return [outcome.reason];
    throw outcome.reason;
  });
}

function whole(
  action: (names: readonly string[], cluster: LiveCluster) => Promise<void>,
): Doing {
  return async ({ nodes }, cluster) => {
    await action(nodes, cluster);
    return [];
  };
}

function one(
  action: (name: string, cluster: LiveCluster) => Promise<void>,
): Doing {
  return whole(([name], cluster) => action(name, cluster));
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
  await session.keep(
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
