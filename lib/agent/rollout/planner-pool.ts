import { stepOf } from "./step";
import {
  type ClusterView,
  type Move,
  isFinished,
  isHealthy,
  type NodeView,
  reachedNodes,
} from "./view";
import { differs } from "./changes";

const waitingWorkers = (view: ClusterView): NodeView[] =>
  reachedNodes(view).filter((node) => !isFinished(view, node));

/** New workers serve nobody yet: they join all at once. */
export function joinWorkers(view: ClusterView): Move | undefined {
  const fresh = waitingWorkers(view).filter(({ joined }) => !joined);
  return fresh.length > 0 ? { step: stepOf("join", fresh) } : undefined;
}

/** Unhealthy workers have nothing to lose: all at once. The others as many at once as may be unavailable. */
export function changeWorkers(view: ClusterView): Move | undefined {
  const waiting = waitingWorkers(view);
  const unhealthy = waiting.filter((node) => !isHealthy(node));
  if (unhealthy.length > 0) return { step: stepOf("change", unhealthy) };
  const next = waiting.filter(differs).slice(0, view.maxUnavailable);
  return next.length > 0 ? { step: stepOf("change", next) } : undefined;
}
