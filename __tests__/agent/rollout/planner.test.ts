import { AgentError } from "../../../lib/base/errors";
import { NO_CHANGES } from "../../../lib/agent/rollout/changes";
import { forecastSteps, nextStep } from "../../../lib/agent/rollout/planner";
import { stepOf } from "../../../lib/agent/rollout/step";
import type { ClusterView } from "../../../lib/agent/rollout/view";
import {
  ADDED,
  apiHost,
  API_FLAG,
  blank,
  cluster,
  down,
  ETCD_FLAG,
  etcdHost,
  LEARNER,
  left,
  newCluster,
  NEW_ETCD,
  node,
  NO_QUORUM,
  planOf,
  pool,
  withoutQuorum,
  worker,
} from "./support/cluster-view";

/** A situation and the planned steps, without those with which every rollout begins and ends. */
type Row = readonly [
  situation: string,
  view: ClusterView,
  steps: readonly string[],
];

const EVERY_ROLLOUT = /^(prepare|confirm|apply objects)/;

const expectPlans = (rows: readonly Row[]) =>
  test.each(rows)("%s", (_, view, steps) =>
    expect(planOf(view).filter((each) => !EVERY_ROLLOUT.test(each))).toEqual(
      steps,
    ),
  );

const THREE = ["cp-1", "cp-2", "cp-3"] as const;
const three = (each: (name: string) => ReturnType<typeof node> = node) =>
  THREE.map((name) => each(name));
const changed = (name: string) => node(name, { changes: API_FLAG });
const etcdChanged = (name: string) => node(name, { changes: ETCD_FLAG });

test("begins by checking all hosts, and ends by applying the objects", () => {
  expect(planOf(cluster(three(changed)))).toEqual([
    "prepare cp-1,cp-2,cp-3",
    "change cp-1",
    "change cp-2",
    "change cp-3",
    "confirm cp-1,cp-2,cp-3",
    "apply objects",
  ]);
});

describe("a first start", () => {
  expectPlans([
    [
      "of one node",
      newCluster([blank("cp-1")]),
      ["start etcd cp-1", "start cp-1"],
    ],
    [
      "of three nodes starts all of them at once",
      newCluster(three(blank)),
      ["start etcd cp-1,cp-2,cp-3", "start cp-1,cp-2,cp-3"],
    ],
    [
      "with etcd on hosts of its own starts API servers after etcd",
      newCluster([
        etcdHost("etcd-1", { unhealthy: ["etcd"], member: undefined }),
        apiHost("cp-1", { unhealthy: ["kube-apiserver"] }),
      ]),
      ["start etcd etcd-1", "start etcd-1,cp-1"],
    ],
    [
      "with an external etcd takes one stage",
      newCluster(
        [apiHost("cp-1", { unhealthy: ["kube-apiserver"] }), apiHost("cp-2")],
        { etcd: undefined },
      ),
      ["start cp-1,cp-2"],
    ],
    [
      "that was killed after etcd was up continues with one unhealthy node after the other",
      cluster(
        three((name) => node(name, { unhealthy: ["kube-apiserver"] })),
        { established: false },
      ),
      ["change cp-1", "change cp-2", "change cp-3"],
    ],
    [
      "that was killed while etcd started begins with all nodes again",
      newCluster([blank("cp-1", { hasEtcdData: true }), blank("cp-2")]),
      ["start etcd cp-1,cp-2", "start cp-1,cp-2"],
    ],
  ]);
});

describe("a cluster that is up", () => {
  expectPlans([
    ["and as it is to be is left alone", cluster(three()), []],
    [
      "with one node changes that node, although etcd loses its quorum meanwhile",
      cluster([etcdChanged("cp-1")]),
      ["change cp-1"],
    ],
    [
      "with two nodes changes one after the other",
      cluster([etcdChanged("cp-1"), etcdChanged("cp-2")], {
        maxUnavailable: 2,
      }),
      ["change cp-1", "change cp-2"],
    ],
    [
      "changes only nodes that differ",
      cluster([node("cp-1"), changed("cp-2"), node("cp-3")]),
      ["change cp-2"],
    ],
    [
      "changes two nodes at once if two may be unavailable and etcd keeps its quorum",
      cluster(three(changed), { maxUnavailable: 2 }),
      ["change cp-1,cp-2", "change cp-3"],
    ],
    [
      "changes no more nodes at once than etcd can spare",
      cluster(three(etcdChanged), { maxUnavailable: 2 }),
      ["change cp-1", "change cp-2", "change cp-3"],
    ],
    [
      "with five nodes can spare two etcd members",
      cluster(["a", "b", "c", "d", "e"].map(etcdChanged), {
        maxUnavailable: 3,
      }),
      ["change a,b", "change c,d", "change e"],
    ],
    [
      "changes a node whose API server is unhealthy before others",
      cluster([
        changed("cp-1"),
        node("cp-2", { unhealthy: ["kube-apiserver"], changes: API_FLAG }),
        changed("cp-3"),
      ]),
      ["change cp-2", "change cp-1", "change cp-3"],
    ],
    [
      "waits for an unhealthy node that does not differ",
      cluster([node("cp-1", { unhealthy: ["kubelet"] }), node("cp-2")]),
      ["change cp-1"],
    ],
    [
      "repairs an unhealthy etcd member first, so that others can be spared then",
      cluster([
        etcdChanged("cp-1"),
        etcdChanged("cp-2"),
        node("cp-3", { unhealthy: ["etcd"], changes: NEW_ETCD }),
      ]),
      ["change cp-3", "change cp-1", "change cp-2"],
    ],
    [
      "changes unhealthy nodes one by one, however many may be unavailable",
      cluster(
        three((name) =>
          node(name, { unhealthy: ["kube-apiserver"], changes: API_FLAG }),
        ),
        { maxUnavailable: 3 },
      ),
      ["change cp-1", "change cp-2", "change cp-3"],
    ],
    [
      "with an external etcd changes as many nodes as may be unavailable",
      cluster(
        three((name) => apiHost(name, { changes: API_FLAG })),
        { etcd: undefined, maxUnavailable: 2 },
      ),
      ["change cp-1,cp-2", "change cp-3"],
    ],
    [
      "changes etcd hosts before API server hosts",
      cluster([
        apiHost("cp-1", { changes: API_FLAG }),
        etcdHost("etcd-1", { changes: ETCD_FLAG }),
        etcdHost("etcd-2"),
        etcdHost("etcd-3", { changes: ETCD_FLAG }),
      ]),
      ["change etcd-1", "change etcd-3", "change cp-1"],
    ],
  ]);
});

describe("hosts that are down", () => {
  expectPlans([
    [
      "fail the rollout at its end if they lack changes, after all other hosts have theirs",
      cluster([changed("cp-1"), down("cp-2", { pending: true }), node("cp-3")]),
      [
        "change cp-1",
        "refused: cp-2: not reached, so its changes are not delivered yet. Everything else is done.",
      ],
    ],
    [
      "do not fail the rollout if they lack no changes",
      cluster([changed("cp-1"), down("cp-2"), node("cp-3")]),
      ["change cp-1"],
    ],
    [
      "leave no member that etcd could spare",
      cluster([etcdChanged("cp-1"), down("cp-2"), node("cp-3")]),
      [
        "refused: cp-1: not touched, because etcd has 2 healthy members of 3 and would lose its quorum.",
      ],
    ],
    [
      "end the rollout if they are the majority",
      withoutQuorum(
        cluster([
          node("cp-1", { unhealthy: ["etcd", "kube-apiserver"] }),
          down("cp-2"),
          down("cp-3"),
        ]),
      ),
      [
        "start etcd cp-1",
        "refused: etcd has no quorum: only cp-1 is healthy. Nothing is changed until it has one.",
      ],
    ],
    [
      "leave no API server to use if all are down",
      withoutQuorum(cluster(three(down))),
      ["refused: No API server of the control plane answers:"],
    ],
    [
      "and come back together are started together",
      withoutQuorum(
        cluster(
          three((name) =>
            node(name, { unhealthy: ["etcd", "kube-apiserver", "kubelet"] }),
          ),
        ),
      ),
      ["start etcd cp-1,cp-2,cp-3", "start cp-1,cp-2,cp-3"],
    ],
  ]);
});

const JOINING = (name: string) => [
  `add learner ${name}`,
  `start learner ${name}`,
  `promote ${name}`,
  `start ${name}`,
];

describe("new members", () => {
  expectPlans([
    [
      "join one after the other, after the existing members were changed",
      cluster([changed("cp-1"), blank("cp-2"), blank("cp-3")]),
      ["change cp-1", ...JOINING("cp-2"), ...JOINING("cp-3")],
    ],
    [
      "continue if a kill left them added, but not started",
      cluster([node("cp-1"), blank("cp-2", { member: ADDED })]),
      JOINING("cp-2").slice(1),
    ],
    [
      "continue with the data with which they started",
      cluster([
        node("cp-1"),
        blank("cp-2", { member: LEARNER, hasEtcdData: true }),
      ]),
      JOINING("cp-2").slice(1),
    ],
    [
      "are changed like others if a kill left them as voters",
      cluster([
        node("cp-1"),
        blank("cp-2", {
          member: { learner: false, started: true },
          hasEtcdData: true,
        }),
        node("cp-3"),
      ]),
      ["change cp-2"],
    ],
    [
      "are promoted before the next one joins, because etcd allows one learner",
      cluster([
        node("cp-1"),
        blank("cp-2"),
        blank("cp-3", { member: LEARNER, hasEtcdData: true }),
      ]),
      [...JOINING("cp-3").slice(1), ...JOINING("cp-2")],
    ],
    [
      "cannot join while a learner is down",
      cluster([node("cp-1"), blank("cp-2"), down("cp-3", { member: LEARNER })]),
      [
        "refused: cp-2: cannot join etcd, which allows one learner at a time: cp-3 is a learner and is not reached.",
      ],
    ],
    [
      "get the data of an earlier membership moved aside",
      cluster([node("cp-1"), blank("cp-2", { hasEtcdData: true })]),
      ["set data aside cp-2", ...JOINING("cp-2")],
    ],
    [
      "get their old member removed if their disk was replaced",
      cluster([
        node("cp-1"),
        node("cp-2"),
        blank("cp-3", { member: { learner: false, started: true } }),
      ]),
      ["remove member cp-3", ...JOINING("cp-3")],
    ],
    [
      "on hosts of their own join before API servers are changed",
      cluster([
        etcdHost("etcd-1"),
        etcdHost("etcd-2", { hasEtcdData: false, member: undefined }),
        apiHost("cp-1", { changes: API_FLAG }),
      ]),
      [...JOINING("etcd-2"), "change cp-1"],
    ],
    [
      "start with the others if etcd's first configuration lists them",
      cluster([
        node("cp-1"),
        blank("cp-2", { member: { learner: false, started: false } }),
      ]),
      ["change cp-2"],
    ],
    [
      "cannot join if no member has its data",
      withoutQuorum(cluster(three(blank))),
      [
        "refused: cp-1, cp-2, cp-3: not touched, because the cluster existed before and none of the etcd members that are reached has its data.",
      ],
    ],
    [
      "wait until the members with data are up",
      withoutQuorum(
        cluster([
          node("cp-1", { unhealthy: ["etcd"] }),
          node("cp-2", { unhealthy: ["etcd"] }),
          blank("cp-3"),
        ]),
      ),
      ["start etcd cp-1,cp-2", "start cp-1,cp-2", ...JOINING("cp-3")],
    ],
  ]);
});

const LEAVING = (name: string) => [
  `drain ${name}`,
  `remove member ${name}`,
  `leave ${name}`,
];

describe("nodes that leave", () => {
  expectPlans([
    [
      "leave after new nodes have joined",
      cluster([node("cp-2"), node("cp-3"), blank("cp-4"), left("cp-1")]),
      [...JOINING("cp-4"), "cordon cp-1", ...LEAVING("cp-1")],
    ],
    [
      "are removed from etcd before new nodes join if their machine is gone",
      cluster([
        node("cp-2"),
        node("cp-3"),
        blank("cp-4"),
        left("cp-1", { reached: false }),
      ]),
      ["remove member cp-1", ...JOINING("cp-4"), "cordon cp-1", "leave cp-1"],
    ],
    [
      "make room for others if they are learners",
      cluster([node("cp-1"), blank("cp-2"), left("cp-3", { member: LEARNER })]),
      [
        "remove member cp-3",
        ...JOINING("cp-2"),
        "cordon cp-3",
        "drain cp-3",
        "leave cp-3",
      ],
    ],
    [
      "are all cordoned before the first one is drained",
      cluster([
        node("cp-1"),
        node("cp-2", { status: "retires" }),
        node("cp-3", { status: "retires" }),
      ]),
      ["cordon cp-2,cp-3", ...LEAVING("cp-2"), ...LEAVING("cp-3")],
    ],
    [
      "retire only once",
      cluster([
        node("cp-1"),
        node("cp-2", { status: "retires", retired: true, member: undefined }),
      ]),
      [],
    ],
    [
      "are only forgotten if they retired before",
      cluster([
        node("cp-1"),
        left("cp-2", { retired: true, member: undefined }),
      ]),
      ["leave cp-2"],
    ],
    [
      "that are no longer listed leave before those that retire",
      cluster([
        node("cp-1"),
        node("cp-2", { status: "retires" }),
        left("cp-3"),
      ]),
      ["cordon cp-3,cp-2", ...LEAVING("cp-3"), ...LEAVING("cp-2")],
    ],
    [
      "keep their pods if the others would have no quorum",
      cluster([
        node("cp-1"),
        node("cp-2", { status: "retires" }),
        down("cp-3"),
        down("cp-4"),
      ]),
      [
        "refused: cp-2: cannot leave etcd: only 1 of the 3 remaining members would be healthy, which is no quorum.",
      ],
    ],
    [
      "that are gone stay members if the others have no quorum",
      cluster([node("cp-1"), down("cp-2"), left("cp-3", { reached: false })]),
      [
        "refused: cp-3: cannot leave etcd: only 1 of the 2 remaining members would be healthy, which is no quorum.",
      ],
    ],
    [
      "count as members until they have left",
      cluster([etcdChanged("cp-1"), node("cp-2"), left("cp-3")]),
      ["change cp-1", "cordon cp-3", ...LEAVING("cp-3")],
    ],
    [
      "without a host only have their files removed",
      cluster(
        [
          left("cp-1", {
            runs: { etcd: false, apiServer: false, kubelet: false },
          }),
        ],
        {
          scope: "directories",
          etcd: undefined,
        },
      ),
      ["leave cp-1"],
    ],
  ]);
});

describe("a pool", () => {
  const fresh = (name: string) =>
    worker(name, { joined: false, unhealthy: ["kubelet"], changes: API_FLAG });
  const behind = (name: string) => worker(name, { changes: API_FLAG });

  expectPlans([
    [
      "joins its new workers all at once, before the others change",
      pool([behind("w-1"), fresh("w-2"), fresh("w-3")]),
      ["join w-2,w-3", "change w-1"],
    ],
    [
      "changes unhealthy workers all at once, and the others a few at a time",
      pool(
        [
          ...["w-1", "w-2", "w-3"].map(behind),
          worker("w-4", { unhealthy: ["kubelet"] }),
          worker("w-5", { unhealthy: ["kubelet"], changes: API_FLAG }),
        ],
        { maxUnavailable: 2 },
      ),
      ["change w-4,w-5", "change w-1,w-2", "change w-3"],
    ],
    [
      "drains workers that leave, and sets the routes at the end",
      pool([worker("w-1"), worker("w-2", { status: "left" })], {
        podNetwork: "routed",
      }),
      ["cordon w-2", "drain w-2", "leave w-2", "pod network"],
    ],
    [
      "waits for its nodes at the end if the pod network is of manifests",
      pool([behind("w-1")], { podNetwork: "manifests" }),
      ["change w-1", "await nodes"],
    ],
    [
      "continues without a worker that is down",
      pool([behind("w-1"), worker("w-2", { reached: false, pending: true })]),
      [
        "change w-1",
        "refused: w-2: not reached, so its changes are not delivered yet. Everything else is done.",
      ],
    ],
    ["that has nobody has nothing to do", pool([]), []],
  ]);
});

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
