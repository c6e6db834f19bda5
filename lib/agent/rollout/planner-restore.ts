import { restoreNeedsAll, restoreWhileLeaving } from "./errors-restore";
import { restoreStep, stepOf } from "./step";
import { isDone, reachedNodes, type Stage } from "./view";

/** Saves the cluster before a step that cannot be taken back. A cluster whose etcd does not answer cannot be saved. */
export const saveFirst: Stage = (view) =>
  view.saves &&
  view.etcd?.hasQuorum &&
  view.done.every(({ kind }) => kind === "prepare")
    ? { step: stepOf("back up", []) }
    : undefined;

/**
 * Replaces the data of all members by those of one snapshot, while nothing runs that would read a mixture of both. A run
 * that continues after a kill stops everything again, and makes the data that are still missing.
 */
export const restoreData: Stage = (view) => {
  if (!view.restores) return undefined;
  const members = view.nodes.filter(
    ({ status, runs }) => status === "stays" && runs.etcd,
  );
  const unreached = members.filter(({ reached }) => !reached);
  if (unreached.length > 0)
    return { refusal: restoreNeedsAll(unreached.map(({ name }) => name)) };
  // It would go on with the data of before, and its API server would show them.
  const leaving = view.nodes.filter(
    ({ status, reached, retired }) => status !== "stays" && reached && !retired,
  );
  if (leaving.length > 0)
    return { refusal: restoreWhileLeaving(leaving.map(({ name }) => name)) };
  const pending = members.filter(({ restored }) => !restored);
  if (pending.length > 0) {
    const running = reachedNodes(view).filter(
      ({ runs }) => runs.etcd || runs.apiServer,
    );
    return {
      step: isDone(view, "stop")
        ? restoreStep(pending, view.restores)
        : stepOf("stop", running),
    };
  }
  return isDone(view, "restore data") && !isDone(view, "start etcd")
    ? { step: stepOf("start etcd", members) }
    : undefined;
};
