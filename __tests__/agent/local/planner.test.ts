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
const notReady = (name: string): ProcessView => ({
  ...runs(name),
  ready: false,
});

/** The steps to the end, if each started process becomes ready. */
function planOf(
  processes: readonly ProcessView[],
  change: Partial<LocalView> = {},
): string[] {
  const steps: Step[] = [];
  for (
    let view: LocalView = {
      processes,
      hasObjects: true,
      saves: false,
      done: [],
    };
    ;
  ) {
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
    "leaves processes alone that are up to date",
    [runs("etcd"), ended("kube-apiserver")],
    ["check programs kube-apiserver", "start process kube-apiserver"],
  ],
  ["starts nothing if everything runs", [runs("etcd")], ["check programs"]],
  [
    "restarts a process that runs but is not ready",
    [runs("etcd"), notReady("kube-apiserver")],
    ["check programs", "start process kube-apiserver"],
  ],
  [
    "ends processes that left the program before others need their ports",
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
