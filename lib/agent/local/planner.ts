import { forecast, type Forecast } from "../rollout/forecast";
import { encryptionAfter, encryptionStep } from "../rollout/encryption-planner";
import type { EncryptionView } from "../encryption/stage";
import { ETCD } from "../../catalog/etcd";
import { restoreStep, type Step, type StepKind, stepOf } from "../rollout/step";
import { type Decision, isDone, type Progress } from "../rollout/view";

/** A process of this machine, with the name of its component. */
export interface ProcessView {
  readonly name: string;
  /** The program lists it. */
  readonly wanted: boolean;
  /** It runs with the current command, files and executable. */
  readonly upToDate: boolean;
  readonly ready: boolean;
}

export interface LocalView extends Progress {
  /** In the order in which they start. */
  readonly processes: readonly ProcessView[];
  /** There are objects to apply or to remove. */
  readonly hasObjects: boolean;
  /** The cluster is saved first, because what follows cannot be taken back. etcd has to answer for that. */
  readonly saves: boolean;
  /** Absent if the API server encrypts nothing. */
  readonly encryption?: EncryptionView;
  /** The backup whose data etcd gets, in words. Absent: it keeps its data. */
  readonly restores?: string;
}

/** How each kind of step changes a process. */
const EFFECTS: Partial<Record<StepKind, Partial<ProcessView>>> = {
  stop: { upToDate: false, ready: false },
  "start process": { upToDate: true, ready: true },
};

/** The expected state of the processes after a step. */
function afterLocalStep(view: LocalView, step: Step): LocalView {
  const effect = EFFECTS[step.kind];
  return {
    ...view,
    processes: view.processes.map((each) =>
      step.nodes.includes(each.name) ? { ...each, ...effect } : each,
    ),
    ...(view.encryption && {
      encryption: encryptionAfter(view.encryption, step),
    }),
    done: [...view.done, step],
  };
}

/** All remaining steps, assuming that each of them succeeds. */
export const forecastLocalSteps = (view: LocalView): Forecast =>
  forecast(view, nextLocalStep, afterLocalStep);

/** Decides the next step for a local control plane. Each process starts when those that it needs are ready. */
export function nextLocalStep(view: LocalView): Decision {
  const { processes, hasObjects } = view;
  const wanted = processes.filter((each) => each.wanted);
  const starting = wanted.filter(({ upToDate }) => !upToDate);
  // First of all, so that nothing is stopped in favour of a process that cannot start.
  if (!isDone(view, "check programs"))
    return { step: stepOf("check programs", starting) };
  const etcdAnswers = wanted.some(
    ({ name, ready }) => name === ETCD.id && ready,
  );
  if (view.saves && etcdAnswers && !isDone(view, "back up"))
    return { step: stepOf("back up", []) };
  if (view.restores && !isDone(view, "stop"))
    return { step: stepOf("stop", [...wanted].reverse()) };
  if (view.restores && !isDone(view, "restore data"))
    return { step: restoreStep([{ name: ETCD.id }], view.restores) };
  // Processes that left the program end first, because the others may need their ports.
  const unwanted = processes.filter((each) => !each.wanted);
  if (unwanted.length > 0 && !isDone(view, "end process"))
    return { step: stepOf("end process", unwanted) };
  const next = wanted.find(
    ({ name, upToDate, ready }) =>
      !(upToDate && ready) && !isDone(view, "start process", name),
  );
  if (next) return { step: stepOf("start process", [next]) };
  const encrypts = view.encryption && encryptionStep(view, view.encryption, 1);
  if (encrypts) return { step: encrypts };
  if (!isDone(view, "record")) return { step: stepOf("record", []) };
  if (hasObjects && !isDone(view, "apply objects"))
    return { step: stepOf("apply objects", []) };
  return "finished";
}
