import { removal } from "./quorum";
import { stepOf } from "./step";
import { type ClusterView, type Move, isDone, type NodeView } from "./view";

/**
 * The nodes that still have to leave. Nodes that left the program come before nodes that retire, whose machines exist
 * for longer.
 */
function leavingNodes(view: ClusterView): NodeView[] {
  const waiting = view.nodes.filter(
    ({ name, status, retired }) =>
      (status === "left" || (status === "retires" && !retired)) &&
      !isDone(view, "leave", name),
  );
  return [
    ...waiting.filter(({ status }) => status === "left"),
    ...waiting.filter(({ status }) => status === "retires"),
  ];
}

/** Takes nodes out of the cluster, one after the other, and cleans their hosts. */
export function leave(view: ClusterView): Move | undefined {
  const leaving = leavingNodes(view);
  const [node] = leaving;
  if (!node) return undefined;
  if (view.scope === "directories" || node.retired)
    return { step: stepOf("leave", [node]) };
  const removed =
    node.member && view.etcd ? removal(node, view.etcd) : undefined;
  // A node that cannot leave etcd keeps its pods.
  if (removed && "refusal" in removed) return removed;
  const known = leaving.filter(({ runs }) => runs.kubelet);
  // All leaving nodes are cordoned before the first one is drained, so that none of them gets the pods of another.
  if (known.length > 0 && !isDone(view, "cordon"))
    return { step: stepOf("cordon", known) };
  if (node.reached && node.runs.kubelet && !isDone(view, "drain", node.name))
    return { step: stepOf("drain", [node]) };
  return removed ?? { step: stepOf("leave", [node]) };
}
