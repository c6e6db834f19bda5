import type { NodeChanges } from "../../../lib/agent/rollout/changes";
import { differencesFromPreview } from "../../../lib/agent/rollout/preview-differences";
import { rollOut } from "../../../lib/agent/rollout/loop";
import { forecastSteps, nextStep } from "../../../lib/agent/rollout/planner";
import { type Step, stepOf } from "../../../lib/agent/rollout/step";
import type { ClusterView } from "../../../lib/agent/rollout/view";
import {
  API_FLAG,
  cluster,
  down,
  ETCD_FLAG,
  node,
} from "./support/cluster-view";

const changed = (name: string, changes: NodeChanges = API_FLAG) =>
  node(name, { changes });
const changing = (name: string, changes?: NodeChanges): Step =>
  stepOf("change", [changed(name, changes)]);

describe("the differences from a preview", () => {
  test("are empty if the steps are the same", () => {
    const steps = [changing("cp-1"), changing("cp-2")];
    expect(differencesFromPreview(steps, [...steps])).toEqual([]);
  });

  test("list new steps and steps that are no longer needed", () => {
    expect(
      differencesFromPreview(
        [changing("cp-1")],
        [stepOf("add learner", [node("cp-2")])],
      ),
    ).toEqual([
      "no longer: cp-1: deliver what differs",
      "not in the preview: cp-2: add to etcd as a learner, which does not vote yet",
    ]);
  });

  test("list changes within the same step", () => {
    expect(
      differencesFromPreview([changing("cp-1")], [changing("cp-1", ETCD_FLAG)]),
    ).toEqual([
      "cp-1: not in the preview: /etc/kubernetes/manifests/etcd.yaml",
      "cp-1: not in the preview: restarts etcd",
      "cp-1: no longer: /etc/kubernetes/manifests/kube-apiserver.yaml",
      "cp-1: no longer: restarts kube-apiserver",
    ]);
  });

  test("include the order of the steps, which says which node comes first", () => {
    expect(
      differencesFromPreview(
        [changing("cp-1"), changing("cp-2")],
        [changing("cp-2"), changing("cp-1")],
      ),
    ).toEqual(["the steps are in a different order"]);
  });
});

describe("a rollout", () => {
  const clock = { now: () => 0, pause: async () => undefined };

  async function rolledOut(
    look: (done: readonly Step[]) => ClusterView,
    previewed?: readonly Step[],
  ) {
    const said: string[] = [];
    const carriedOut: string[] = [];
    await rollOut<ClusterView>(
      {
        title: "prod",
        previewed,
        view: async (done) => ({ ...look(done), done }),
        decide: nextStep,
        forecast: (view) => forecastSteps(view).steps,
        doStep: async ({ title }) => {
          carriedOut.push(title);
          return [];
        },
        recordDuration: () => undefined,
      },
      { clock, say: (line) => said.push(line) },
    );
    return { said, carriedOut };
  }

  const view = cluster([changed("cp-1"), changed("cp-2"), node("cp-3")]);

  test("prints nothing about its preview if it does just that", async () => {
    const { steps } = forecastSteps(view);
    const { said, carriedOut } = await rolledOut(() => view, steps);
    expect(said).toEqual([]);
    expect(carriedOut).toEqual(steps.map(({ title }) => title));
  });

  test("prints the differences from its preview before it begins", async () => {
    const { steps } = forecastSteps(
      cluster([changed("cp-1"), node("cp-2"), node("cp-3")]),
    );
    const { said } = await rolledOut(() => view, steps);
    expect(said).toEqual([
      "prod: differs from the preview:",
      "  not in the preview: cp-2: deliver what differs",
    ]);
  });

  test("says if hosts have changed while it was running", async () => {
    const { said, carriedOut } = await rolledOut((done) =>
      done.length < 2
        ? view
        : cluster([node("cp-1"), down("cp-2"), changed("cp-3")]),
    );
    expect(said).toEqual([
      "prod: an unexpected step, because the hosts have changed:",
      "  cp-3: deliver what differs",
    ]);
    expect(carriedOut).toContain("cp-3: deliver what differs");
  });
});
