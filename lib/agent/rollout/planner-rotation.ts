import { signersWait } from "./errors-rotation";
import { stepOf } from "./step";
import { hasChanges } from "./changes";
import { type ClusterView, type Move, reachedNodes } from "./view";

/**
 * Lets the new keys sign once every node has the files with which it trusts them. A node that is not reached would refuse
 * what they sign.
 */
export function moveSigners(view: ClusterView): Move | undefined {
  const next = reachedNodes(view)
    .map(({ name, signerChanges }) => ({ name, changes: signerChanges }))
    .filter(hasChanges);
  if (next.length === 0) return undefined;
  const missing = view.nodes.filter(
    ({ status, reached, runs }) =>
      status === "stays" && runs.apiServer && !reached,
  );
  return missing.length > 0
    ? { refusal: signersWait(missing.map(({ name }) => name)) }
    : { step: stepOf("sign", next.slice(0, view.maxUnavailable)) };
}
