import { forecast, type Forecast } from "../rollout/forecast";
import { type Step, stepOf } from "../rollout/step";
import type { Decision, Progress } from "../rollout/view";

/** A process of this machine, by the name of its component. */
export interface ProcessView {
  readonly name: string;
  /** The program still lists it. */
  readonly wanted: boolean;
  /** It runs with the command, the files and the program that it is to have. */
  readonly asWanted: boolean;
  readonly ready: boolean;
}

export interface LocalView extends Progress {
  /** In the order in which they start. */
  readonly processes: readonly ProcessView[];
  /** There are objects to apply, or to remove. */
  readonly hasObjects: boolean;
}

/** How the processes are expected to be after a step. */
function afterLocalStep(view: LocalView, step: Step): LocalView {
  const starts = step.kind === "start process";
  return {
    ...view,
    processes: view.processes.map((each) =>
      starts && step.nodes.includes(each.name)
        ? { ...each, asWanted: true, ready: true }
        : each,
    ),
    done: [...view.done, step],
  };
}

/** All steps from here to the end, where each does what it is to do. */
export const forecastLocalSteps = (view: LocalView): Forecast =>
  forecast(view, nextLocalStep, afterLocalStep);

/** Decides what is done next with a control plane on this machine. Each process starts once what it needs is ready. */
export function nextLocalStep({
  processes,
  hasObjects,
  done,
}: LocalView): Decision {
  const isDone = (kind: string, name?: string): boolean =>
    done.some(
      (step) =>
        step.kind === kind && (name === undefined || step.nodes.includes(name)),
    );
  const wanted = processes.filter((each) => each.wanted);
  const starting = wanted.filter(({ asWanted }) => !asWanted);
  // Before anything is ended for what cannot start.
  if (!isDone("check programs"))
    return { step: stepOf("check programs", starting) };
  // What is no longer wanted goes first, as the others might want its ports.
  const unwanted = processes.filter((each) => !each.wanted);
  if (unwanted.length > 0 && !isDone("end process"))
    return { step: stepOf("end process", unwanted) };
  const next = wanted.find(
    ({ name, asWanted, ready }) =>
      !(asWanted && ready) && !isDone("start process", name),
  );
  if (next) return { step: stepOf("start process", [next]) };
  if (!isDone("record")) return { step: stepOf("record", []) };
  if (hasObjects && !isDone("apply objects"))
    return { step: stepOf("apply objects", []) };
  return "finished";
}
