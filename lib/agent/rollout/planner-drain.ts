import { hasChanges } from "./changes";
import { stepOf } from "./step";
import {
  type ClusterView,
  isDone,
  isHealthy,
  type Move,
  type NodeView,
  reachedNodes,
  type Stage,
} from "./view";

/**
 * Moves the pods away from a node before its kubelet gets another minor, one node at a time. Nothing is to be moved from
 * an unhealthy node.
 * @see https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-upgrade/#upgrade-worker-nodes
 */
export function emptyFirst(
  view: ClusterView,
  next: readonly NodeView[],
): Move | undefined {
  const [node] = next.filter((each) => each.drains && isHealthy(each));
  if (!node) return undefined;
  return isDone(view, "empty", node.name)
    ? { step: stepOf("change", [node]) }
    : { step: stepOf("empty", [node]) };
}

/** Lets pods be scheduled again on a node that is done, also if the rollout that moved them away was killed. */
export const fillAgain: Stage = (view) => {
  const node = reachedNodes(view).find(
    (each) =>
      each.emptied &&
      isHealthy(each) &&
      !hasChanges(each) &&
      !isDone(view, "fill", each.name),
  );
  return node && { step: stepOf("fill", [node]) };
};
