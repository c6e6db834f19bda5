import {
  type LocalView,
  nextLocalStep,
  type ProcessView,
} from "../../../lib/agent/local/planner";
import type { Step } from "../../../lib/agent/rollout/step";
import { said } from "../rollout/support/cluster-view";

const runs = (name: string): ProcessView => ({
  name,
  wanted: true,
  upToDate: true,
  ready: true,
});
const ended = (name: string): ProcessView => ({
  name,
  wanted: true,
  upToDate: false,
  ready: false,
});
const unwanted = (name: string): ProcessView => ({
  name,
  wanted: false,
  upToDate: false,
  ready: false,
});
const ill = (name: string): ProcessView => ({ ...runs(name), ready: false });

/** The steps to the end, where each process that is started is ready then. */
function planOf(
  processes: readonly ProcessView[],
  change: Partial<LocalView> = {},
): string[] {
  const steps: Step[] = [];
  for (let view: LocalView = { processes, hasObjects: true, done: [] }; ;) {
    const decision = nextLocalStep({ ...view, ...change, done: steps });
    if (decision === "finished" || "refusal" in decision)
      return steps.map(said);
    const { kind, nodes } = decision.step;
    steps.push(decision.step);
    if (kind === "start process")
      view = {
        ...view,
        processes: view.processes.map((each) =>
          nodes.includes(each.name) ? runs(each.name) : each,
        ),
      };
  }
}

test.each<[string, ProcessView[], string[]]>([
  [
    "starts one process after the other",
    [ended("etcd"), ended("kube-apiserver"), ended("kube-scheduler")],
    [
      "check programs etcd,kube-apiserver,kube-scheduler",
      "start process etcd",
      "start process kube-apiserver",
      "start process kube-scheduler",
    ],
  ],
  [
    "leaves those alone that run as they are to",
    [runs("etcd"), ended("kube-apiserver")],
    ["check programs kube-apiserver", "start process kube-apiserver"],
  ],
  ["does nothing where all runs", [runs("etcd")], ["check programs"]],
  [
    "looks after one that runs and is not ready",
    [runs("etcd"), ill("kube-apiserver")],
    ["check programs", "start process kube-apiserver"],
  ],
  [
    "ends what is no longer wanted before others may want its ports",
    [ended("etcd"), unwanted("kube-scheduler")],
    ["check programs etcd", "end process kube-scheduler", "start process etcd"],
  ],
])("%s", (_, processes, steps) => {
  expect(planOf(processes)).toEqual([...steps, "record", "apply objects"]);
});

test("needs no API server for a cluster without objects", () => {
  expect(planOf([runs("etcd")], { hasObjects: false })).toEqual([
    "check programs",
    "record",
  ]);
});
