import { emptyFirst } from "./planner-drain";
import { stepOf } from "./step";
import { type ClusterView, isHealthy, type Move, unfinished } from "./view";
import { hasChanges } from "./changes";

/**
 * Joins new workers all at once, because nothing runs on them yet. Workers whose kubelets run join again
 * `maxUnavailable` at a time, with credentials of a new CA.
 */
export function joinWorkers(view: ClusterView): Move | undefined {
  const joining = unfinished(view).filter(({ joined }) => !joined);
  const newWorkers = joining.filter((node) => !isHealthy(node));
  const next =
    newWorkers.length > 0 ? newWorkers : joining.slice(0, view.maxUnavailable);
  return next.length > 0 ? { step: stepOf("join", next) } : undefined;
}

/**
 * Changes all unhealthy workers at once, because nothing is lost there; then the others, `maxUnavailable` at a time.
 */
export function changeWorkers(view: ClusterView): Move | undefined {
  const waiting = unfinished(view);
  const unhealthy = waiting.filter((node) => !isHealthy(node));
  if (unhealthy.length > 0) return { step: stepOf("change", unhealthy) };
  const next = waiting.filter(hasChanges).slice(0, view.maxUnavailable);
  if (next.length === 0) return undefined;
  return emptyFirst(view, next) ?? { step: stepOf("change", next) };
}
