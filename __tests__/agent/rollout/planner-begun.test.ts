import { NO_CHANGES } from "../../../lib/agent/rollout/changes";
import { forecastSteps, nextStep } from "../../../lib/agent/rollout/planner";
import { stepOf } from "../../../lib/agent/rollout/step";
import { AgentError } from "../../../lib/base/errors";
import {
  API_FLAG,
  apiHost,
  blank,
  cluster,
  down,
  NEW_ETCD,
  newCluster,
  NO_QUORUM,
  node,
  withoutQuorum,
} from "./support/cluster-view";
import { changed, etcdChanged, THREE, three } from "./support/plans";

describe("a rollout that has begun", () => {
  const prepared = stepOf("prepare", []);

  test("does not start all nodes again if the majority is away for a moment", () => {
    const view = cluster([changed("cp-1"), changed("cp-2"), node("cp-3")]);
    const done = [prepared, stepOf("change", [node("cp-1")])];
    expect(nextStep({ ...withoutQuorum(view), done })).toMatchObject({
      patience: 60_000,
      refusal: { message: expect.stringContaining("no quorum") },
    });
  });

  test("waits a while for etcd before it refuses, because its members may just have started", () => {
    const view = cluster([etcdChanged("cp-1"), down("cp-2"), node("cp-3")], {
      done: [prepared],
    });
    expect(nextStep(view)).toMatchObject({ patience: 60_000 });
    const healthy = { ...view.etcd!, healthy: [...THREE] };
    expect(nextStep({ ...view, etcd: healthy })).toMatchObject({
      step: { kind: "change", nodes: ["cp-1"] },
    });
  });

  test("ends if a node fails, and names the nodes that were not touched", () => {
    const view = cluster(three(changed), { done: [prepared] });
    const decision = nextStep({
      ...view,
      failed: {
        step: stepOf("change", [view.nodes[0]]),
        errors: [new AgentError("cp-1: kube-apiserver ends again and again")],
      },
    });
    expect(decision).toEqual({
      refusal: new AgentError(
        [
          "cp-1: kube-apiserver ends again and again",
          "cp-2, cp-3: not touched, because the rollout ends when a node fails.",
          "Fix the cause and deploy again: the rollout continues from the state that it finds.",
        ].join("\n"),
      ),
    });
  });

  test("does not list nodes as untouched whose etcd was started before another node failed", () => {
    const view = newCluster(three(blank), { etcd: { ...NO_QUORUM } });
    const decision = nextStep({
      ...view,
      done: [prepared],
      failed: {
        step: stepOf("start etcd", view.nodes),
        errors: [new AgentError("cp-2: etcd is not healthy")],
      },
    });
    expect(decision).toEqual({
      refusal: new AgentError(
        [
          "cp-2: etcd is not healthy",
          "Fix the cause and deploy again: the rollout continues from the state that it finds.",
        ].join("\n"),
      ),
    });
  });

  test("lists nodes as untouched that would have joined or changed after the failed one", () => {
    const view = cluster(
      [
        node("etcd-1", {
          runs: { etcd: true, apiServer: false, kubelet: false },
        }),
        blank("etcd-2"),
        apiHost("cp-1", { changes: API_FLAG }),
      ],
      { done: [prepared] },
    );
    const decision = nextStep({
      ...view,
      failed: {
        step: stepOf("start learner", [view.nodes[1]]),
        errors: [new AgentError("etcd-2: the disk is full")],
      },
    });
    expect(decision).toMatchObject({
      refusal: {
        message: expect.stringContaining("cp-1: not touched") as string,
      },
    });
  });
});

test("says what a step changes, and what it waits for", () => {
  const view = cluster([changed("cp-1")], { done: [stepOf("prepare", [])] });
  expect(nextStep(view)).toEqual({
    step: {
      kind: "change",
      nodes: ["cp-1"],
      title: "cp-1: deliver what differs",
      waitsFor: "every component to be healthy",
      changes: { "cp-1": API_FLAG },
    },
  });
});

test("says for each step of a first start only what that step delivers and starts", () => {
  const { steps } = forecastSteps(newCluster([blank("cp-1")]));
  const changesIn = (kind: string) =>
    steps.find((step) => step.kind === kind)?.changes;
  expect(changesIn("start etcd")).toEqual({ "cp-1": NEW_ETCD });
  expect(changesIn("start")).toEqual({
    "cp-1": {
      ...NO_CHANGES,
      files: ["/etc/kubernetes/manifests/kube-apiserver.yaml"],
      starts: ["kube-apiserver"],
    },
  });
});
