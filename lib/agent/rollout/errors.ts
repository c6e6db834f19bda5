import { compact } from "../../base/compact";
import { type AgentError, lines } from "../../base/errors";
import { visibleLines } from "../../base/visible";
import { GIVE_UP_VARIABLE } from "../../request/request";
import { NodeFailed } from "../health/errors";

/** The failures of a step, the nodes that were not touched, and whether an upgrade can be taken back. */
export const rolloutEnded = (
  failures: readonly Error[],
  untouched: readonly string[],
  wayBack?: string,
) =>
  lines(
    ...failures.flatMap(({ message }) => message.split("\n")),
    ...compact(
      untouched.length > 0 &&
        `${untouched.join(", ")}: not touched, because the rollout ends when a node fails.`,
    ),
    "Fix the cause and deploy again: the rollout continues from the state that it finds.",
    ...compact(wayBack),
  );

export const brokenTreeFile = (path: string, problem: string) =>
  lines(
    `${path} in the node's tree in the store cannot be used: ${problem}.`,
    "Delete it from the tree, nodes/<node>/root in the store, and deploy again: it is made again.",
  );

export const quorumAtRisk = (
  nodes: readonly string[],
  healthy: number,
  members: number,
) =>
  lines(
    `${nodes.join(", ")}: not touched, because etcd has ${healthy} healthy members of ${members} and would lose its quorum.`,
    "Bring the other members back (`cdktf-control-plane check` says what is wrong with them), then deploy again.",
  );

export const noQuorum = (healthy: readonly string[]) =>
  lines(
    `etcd has no quorum${healthy.length > 0 ? `: only ${healthy.join(", ")} ${healthy.length === 1 ? "is" : "are"} healthy` : ""}. Nothing is changed until it has one.`,
    "Bring the other members back (`cdktf-control-plane check` says what is wrong with them), then deploy again.",
  );

export const noEtcdData = (nodes: readonly string[]) =>
  lines(
    `${nodes.join(", ")}: not touched, because the cluster existed before and none of the etcd members that are reached has its data.`,
    "Start the machines that have the data, or restore a backup with `etcd: Etcd.stacked({ restore: { snapshot, confirm } })`, then deploy again.",
  );

export const otherLearner = (node: string, learner: string) =>
  lines(
    `${node}: cannot join etcd, which allows one learner at a time: ${learner} is a learner and is not reached.`,
    `Start the machine of ${learner}, or remove ${learner} from the program, then deploy again.`,
  );

/** Everything is done except on these nodes. */
export function changesNotDelivered(nodes: readonly string[]): AgentError {
  const one = nodes.length === 1;
  return lines(
    `${nodes.join(", ")}: not reached, so ${one ? "its" : "their"} changes are not delivered yet. Everything else is done.`,
    `Start ${one ? "the machine" : "the machines"} and deploy again, or remove ${one ? "the node" : "the nodes"} from the program.`,
  );
}

export const cannotLeaveEtcd = (
  leaving: string,
  remaining: number,
  members: number,
) =>
  lines(
    `${leaving}: cannot leave etcd: only ${remaining} of the ${members - 1} remaining members would be healthy, which is no quorum.`,
    "Bring the other members back first, then deploy again.",
  );

export const notPromoted = (node: string, reason: string) =>
  lines(
    `${node}: its etcd member is still a learner: ${reason}.`,
    "Deploy again: the rollout continues with this member.",
  );

export const hostKnownAtApply = (node: string) =>
  lines(`${node}: its host is known only at apply.`);

const failed = (node: string, reason: string): NodeFailed =>
  new NodeFailed(node, visibleLines([`${node}: ${reason}`]));

export const dataNotMovedAside = (node: string, reason: string) =>
  failed(node, `etcd's data cannot be moved aside: ${reason}`);

export const notRegistered = (node: string, seconds: number) =>
  failed(
    node,
    `its kubelet runs, but has not registered with the cluster within ${seconds} s. Check that it can reach the cluster's endpoint: \`journalctl -u kubelet\` on the node shows what it tries.`,
  );

export const notReady = (node: string, reason: string) =>
  failed(
    node,
    `the node is not Ready: ${reason}. \`journalctl -u kubelet -u containerd\` on the node says more.`,
  );

export const resetFailed = (node: string, reason: string) =>
  failed(
    node,
    `the components on the host cannot be stopped: ${reason || "kubelet's unit does not end"}`,
  );

/** A host that a destroy could not clean. */
export interface UncleanHost {
  readonly name: string;
  readonly reason: string;
  /** What to do there by hand. */
  readonly cleanup: string;
}

export function hostsNotCleaned(
  store: string,
  hosts: readonly UncleanHost[],
): AgentError {
  const names = hosts.map(({ name }) => name);
  return lines(
    `${names.join(", ")}: not cleaned, so ${store} is kept: its inventory says how to reach what is left.`,
    ...hosts.map(({ reason }) => `- ${reason}`),
    "Make the hosts reachable, and destroy again.",
    `Or, if a host no longer exists or you clean it yourself, give it up: set ${GIVE_UP_VARIABLE}=${names.join(",")} for the same command. By hand:`,
    ...hosts.map(({ name, cleanup }) => `- on ${name}: ${cleanup}`),
  );
}

export const noPodAddresses = (node: string) =>
  failed(
    node,
    `the controller manager has not assigned pod addresses to it. Check that podSubnet is large enough for one more node.`,
  );

export const podRoutesFailed = (node: string, reason: string) =>
  failed(
    node,
    `the routes to the other nodes' pods cannot be set: ${reason}. The nodes have to share a link.`,
  );

/** Without this error, a rollout whose step has no effect would never end. */
export const stepHadNoEffect = (step: string) =>
  lines(
    `${step}: this step was done, but the hosts are still as they were before it.`,
    "Something else undoes it, such as another rollout or configuration management. Stop that, then deploy again: the rollout continues from there.",
  );

export const podsNotMoved = (
  node: string,
  pods: readonly string[],
  seconds: number,
) =>
  lines(
    `${node}: not changed, because after ${seconds} s these pods are still there: ${pods.join(", ")}. Its kubelet would get another minor, and then restart its pods. Pods may be scheduled there again.`,
    "Find out what keeps them (a PodDisruptionBudget that allows no eviction, or a long terminationGracePeriodSeconds), or raise drainTimeout of the pool, then deploy again.",
  );
