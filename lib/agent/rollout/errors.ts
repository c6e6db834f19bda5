import { type AgentError, lines } from "../../base/errors";
import { visibleLines } from "../../base/visible";
import { NodeFailed } from "../health/errors";

/** What failed, and what became of the rest. */
export function rolloutEnded(
  failures: readonly Error[],
  untouched: readonly string[],
): AgentError {
  return lines(
    ...failures.flatMap(({ message }) => message.split("\n")),
    ...(untouched.length > 0
      ? [
          `${untouched.join(", ")}: not touched, since the rollout ends where a node fails.`,
        ]
      : []),
    "Mend the cause and deploy again: it goes on from what is true then.",
  );
}

export function quorumAtStake(
  nodes: readonly string[],
  healthy: number,
  members: number,
): AgentError {
  return lines(
    `${nodes.join(", ")}: not touched, because etcd has ${healthy} healthy members of ${members} and would lose its quorum.`,
    "Bring the other members back (`cdktf-control-plane check` says what is wrong with them), then deploy again.",
  );
}

export function noMajority(healthy: readonly string[]): AgentError {
  return lines(
    `etcd has no majority of its members${healthy.length > 0 ? `: healthy are only ${healthy.join(", ")}` : ""}. Nothing is changed until it has.`,
    "Bring the other members back (`cdktf-control-plane check` says what is wrong with them), then deploy again.",
  );
}

export function noEtcdData(nodes: readonly string[]): AgentError {
  return lines(
    `${nodes.join(", ")}: not touched, because the cluster existed before and none of the members of etcd that are reached has its data.`,
    "Start the machines that have the data, or restore a snapshot of etcd into its data directory, then deploy again.",
  );
}

export function otherLearner(node: string, learner: string): AgentError {
  return lines(
    `${node}: cannot join etcd, which takes one learner at a time: ${learner} is one and is not reached.`,
    `Start the machine of ${learner}, or take ${learner} out of the list, then deploy again.`,
  );
}

/** All but them is done. */
export function nodesWait(nodes: readonly string[]): AgentError {
  const one = nodes.length === 1;
  return lines(
    `${nodes.join(", ")}: not reached, so ${one ? "its" : "their"} changes wait. All else is done.`,
    `Start ${one ? "the machine" : "the machines"} and deploy again, or take ${one ? "the node" : "the nodes"} out of the list.`,
  );
}

export function noQuorumLeft(
  leaving: string,
  remaining: number,
  members: number,
): AgentError {
  return lines(
    `${leaving}: cannot leave etcd: of the ${members - 1} members that remain ${remaining} are healthy, which is no quorum.`,
    "Bring the other members back first, then deploy again.",
  );
}

export function notPromoted(node: string, reason: string): AgentError {
  return lines(
    `${node}: its etcd member is still a learner: ${reason}.`,
    "Deploy again: it goes on with this member.",
  );
}

export const hostUnknown = (node: string): AgentError =>
  lines(
    `${node}: its host is known only when Terraform applies the changes before.`,
  );

const failed = (node: string, reason: string): NodeFailed =>
  new NodeFailed(node, visibleLines([`${node}: ${reason}`]));

export function notDelivered(node: string, reason: string): NodeFailed {
  return failed(node, reason);
}

export function notRegistered(node: string, seconds: number): NodeFailed {
  return failed(
    node,
    `its kubelet runs, but has not registered with the cluster within ${seconds} s. Does it reach the cluster's endpoint? \`journalctl -u kubelet\` on the node says what it tries.`,
  );
}

export function notReady(node: string, reason: string): NodeFailed {
  return failed(
    node,
    `is not Ready: ${reason}. \`journalctl -u kubelet -u containerd\` on the node says more.`,
  );
}

export function resetFailed(node: string, reason: string): NodeFailed {
  return failed(
    node,
    `what runs there cannot be stopped: ${reason || "kubelet's unit does not end"}`,
  );
}

export function noPodAddresses(node: string): NodeFailed {
  return failed(
    node,
    `the controller manager has given it no pod addresses. Is podSubnet large enough for one more node?`,
  );
}

export function podRoutesFailed(node: string, reason: string): NodeFailed {
  return failed(
    node,
    `the routes to the other nodes' pods cannot be set: ${reason}. The nodes have to share a link.`,
  );
}

/** Without it, a rollout whose step changes nothing that is looked at would never end. */
export function stillNeeded(step: string): AgentError {
  return lines(
    `${step}: this was done, and yet the hosts look as they did before.`,
    "Something else undoes it, such as another rollout or configuration management. Stop that, then deploy again: the rollout goes on from what was done.",
  );
}
