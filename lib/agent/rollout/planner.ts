import { noApiServer } from "../cluster/errors-access";
import { changesNotDelivered, rolloutEnded } from "./errors";
import { afterStep, forecast, type Forecast } from "./forecast";
import { fillAgain } from "./planner-drain";
import { leave } from "./planner-leaving";
import {
  bringUp,
  changeMembers,
  changeOthers,
  joinMembers,
  requireQuorum,
  removeGoneMembers,
} from "./planner-members";
import { changeWorkers, joinWorkers } from "./planner-pool";
import { encrypt, reachToEncrypt } from "./planner-encryption";
import { restoreData, saveFirst } from "./planner-restore";
import { moveSigners } from "./planner-rotation";
import { type StepKind, stepOf, touches } from "./step";
import {
  type ClusterView,
  type Decision,
  isDone,
  type Move,
  reachedNodes,
  type Stage,
} from "./view";
import { wayBack } from "./way-back";

/**
 * The stages of a rollout, in order. Each decision asks them from the first one on; a stage with nothing to do is
 * skipped.
 */
const STAGES: Readonly<Record<ClusterView["scope"], readonly Stage[]>> = {
  "control plane": [
    prepare,
    reachToEncrypt,
    saveFirst,
    restoreData,
    bringUp,
    removeGoneMembers,
    requireQuorum,
    fillAgain,
    changeMembers,
    joinMembers,
    changeOthers,
    moveSigners,
    confirm,
    encrypt,
    leave,
    once("apply objects"),
    podNetwork,
    reportUnreached,
  ],
  pool: [
    prepare,
    joinWorkers,
    fillAgain,
    changeWorkers,
    confirm,
    leave,
    podNetwork,
    reportUnreached,
  ],
  directories: [leave],
};

/**
 * Decides the next step. It depends on the view alone, so that a rollout that continues after a kill decides the same.
 */
export function nextStep(view: ClusterView): Decision {
  if (view.failed) return refusalAfterFailure(view, view.failed);
  for (const stage of STAGES[view.scope]) {
    const decision = stage(view);
    if (decision !== undefined) return decision;
  }
  return "finished";
}

/** All remaining steps, assuming that each of them succeeds. */
export const forecastSteps = (view: ClusterView): Forecast =>
  forecast(view, nextStep, afterStep);

/** A failed node ends the rollout, before the same change reaches other nodes. */
function refusalAfterFailure(
  view: ClusterView,
  { step, errors }: NonNullable<ClusterView["failed"]>,
): Move {
  const touched = new Set(
    [...view.done, step].filter(touches).flatMap(({ nodes }) => nodes),
  );
  const { steps } = forecastSteps({ ...view, failed: undefined });
  const others = steps.filter(touches).flatMap(({ nodes }) => nodes);
  const untouched = [...new Set(others)].filter((name) => !touched.has(name));
  return {
    refusal: rolloutEnded(
      errors,
      untouched,
      view.upgrade && wayBack(view.upgrade, step.nodes),
    ),
  };
}

function prepare(view: ClusterView): Move | undefined {
  return isDone(view, "prepare")
    ? undefined
    : {
        step: stepOf(
          "prepare",
          view.nodes.filter(({ status }) => status !== "left"),
        ),
      };
}

function confirm(view: ClusterView): Move | undefined {
  const nodes = reachedNodes(view);
  if (isDone(view, "confirm")) return undefined;
  if (view.scope === "pool")
    return nodes.length > 0 ? { step: stepOf("confirm", nodes) } : undefined;
  return nodes.some(({ runs }) => runs.apiServer)
    ? { step: stepOf("confirm", nodes) }
    : {
        refusal: noApiServer(
          view.nodes.flatMap(({ name, runs, status }) =>
            runs.apiServer && status === "stays"
              ? [`${name}: its host is not reached`]
              : [],
          ),
        ),
      };
}

function once(kind: StepKind): Stage {
  return (view) =>
    isDone(view, kind) ? undefined : { step: stepOf(kind, []) };
}

const POD_NETWORK_STEPS = {
  routed: "pod network",
  manifests: "await nodes",
} as const;

function podNetwork(view: ClusterView): Move | undefined {
  return view.podNetwork && once(POD_NETWORK_STEPS[view.podNetwork])(view);
}

/** Every node that was reached is up to date. Fails if changes are left for nodes that were not reached. */
function reportUnreached({ nodes }: ClusterView): Move | undefined {
  const names = nodes.flatMap(({ name, status, reached, pending }) =>
    status === "stays" && !reached && pending ? [name] : [],
  );
  return names.length > 0 ? { refusal: changesNotDelivered(names) } : undefined;
}
