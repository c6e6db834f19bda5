import { AgentError } from "../../../lib/base/errors";
import { nextStep } from "../../../lib/agent/rollout/planner";
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
  node,
  NO_QUORUM,
  planOf,
  pool,
  withoutQuorum,
  worker,
} from "./support/cluster-view";

/** A situation, and what is done in it, but for what every rollout begins and ends with. */
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

test("begins with a look at all hosts, and ends with the objects", () => {
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
      "of three nodes is done on all at once",
      newCluster(three(blank)),
      ["start etcd cp-1,cp-2,cp-3", "start cp-1,cp-2,cp-3"],
    ],
    [
      "with etcd on hosts of its own has API servers start with the rest",
      newCluster([
        etcdHost("etcd-1", { unhealthy: ["etcd"], member: undefined }),
        apiHost("cp-1", { unhealthy: ["kube-apiserver"] }),
      ]),
      ["start etcd etcd-1", "start etcd-1,cp-1"],
    ],
    [
      "with an etcd that is somebody else's is one stage",
      newCluster(
        [apiHost("cp-1", { unhealthy: ["kube-apiserver"] }), apiHost("cp-2")],
        { etcd: undefined },
      ),
      ["start cp-1,cp-2"],
    ],
    [
      "that was killed after etcd was up goes on, one ill node after the other",
      cluster(
        three((name) => node(name, { unhealthy: ["kube-apiserver"] })),
        { established: false },
      ),
      ["change cp-1", "change cp-2", "change cp-3"],
    ],
    [
      "that was killed while etcd came up begins with all again",
      newCluster([blank("cp-1", { hasEtcdData: true }), blank("cp-2")]),
      ["start etcd cp-1,cp-2", "start cp-1,cp-2"],
    ],
  ]);
});

describe("a cluster that is up", () => {
  expectPlans([
    ["and as it is to be is left alone", cluster(three()), []],
    [
      "of one node has that node changed, quorum or not",
      cluster([etcdChanged("cp-1")]),
      ["change cp-1"],
    ],
    [
      "of two nodes has one changed after the other",
      cluster([etcdChanged("cp-1"), etcdChanged("cp-2")], {
        maxUnavailable: 2,
      }),
      ["change cp-1", "change cp-2"],
    ],
    [
      "has only those changed that differ",
      cluster([node("cp-1"), changed("cp-2"), node("cp-3")]),
      ["change cp-2"],
    ],
    [
      "has two changed at once where two may be unavailable and etcd goes on",
      cluster(three(changed), { maxUnavailable: 2 }),
      ["change cp-1,cp-2", "change cp-3"],
    ],
    [
      "has no more changed at once than etcd can spare",
      cluster(three(etcdChanged), { maxUnavailable: 2 }),
      ["change cp-1", "change cp-2", "change cp-3"],
    ],
    [
      "of five nodes can spare two of its etcd",
      cluster(["a", "b", "c", "d", "e"].map(etcdChanged), {
        maxUnavailable: 3,
      }),
      ["change a,b", "change c,d", "change e"],
    ],
    [
      "has a node whose API server is ill changed before others",
      cluster([
        changed("cp-1"),
        node("cp-2", { unhealthy: ["kube-apiserver"], changes: API_FLAG }),
        changed("cp-3"),
      ]),
      ["change cp-2", "change cp-1", "change cp-3"],
    ],
    [
      "has an ill node waited for that differs in nothing",
      cluster([node("cp-1", { unhealthy: ["kubelet"] }), node("cp-2")]),
      ["change cp-1"],
    ],
    [
      "has an ill etcd mended first, so that others can be spared then",
      cluster([
        etcdChanged("cp-1"),
        etcdChanged("cp-2"),
        node("cp-3", { unhealthy: ["etcd"], changes: ETCD_FLAG }),
      ]),
      ["change cp-3", "change cp-1", "change cp-2"],
    ],
    [
      "has ill nodes changed one by one, however many may be unavailable",
      cluster(
        three((name) =>
          node(name, { unhealthy: ["kube-apiserver"], changes: API_FLAG }),
        ),
        { maxUnavailable: 3 },
      ),
      ["change cp-1", "change cp-2", "change cp-3"],
    ],
    [
      "with an etcd that is somebody else's changes as many as may be unavailable",
      cluster(
        three((name) => apiHost(name, { changes: API_FLAG })),
        { etcd: undefined, maxUnavailable: 2 },
      ),
      ["change cp-1,cp-2", "change cp-3"],
    ],
    [
      "has the hosts of etcd changed before those of API servers",
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

describe("machines that are down", () => {
  expectPlans([
    [
      "wait for their change, which fails the rollout when all others have theirs",
      cluster([changed("cp-1"), down("cp-2", { pending: true }), node("cp-3")]),
      [
        "change cp-1",
        "refused: cp-2: not reached, so its changes are not delivered yet. Everything else is done.",
      ],
    ],
    [
      "that have what they are to have are no failure",
      cluster([changed("cp-1"), down("cp-2"), node("cp-3")]),
      ["change cp-1"],
    ],
    [
      "leave nothing that etcd could spare",
      cluster([etcdChanged("cp-1"), down("cp-2"), node("cp-3")]),
      [
        "refused: cp-1: not touched, because etcd has 2 healthy members of 3 and would lose its quorum.",
      ],
    ],
    [
      "end the rollout where they were the majority",
      withoutQuorum(
        cluster([
          node("cp-1", { unhealthy: ["etcd", "kube-apiserver"] }),
          down("cp-2"),
          down("cp-3"),
        ]),
      ),
      [
        "start etcd cp-1",
        "refused: etcd has no quorum: the only healthy members are cp-1. Nothing is changed until it has one.",
      ],
    ],
    [
      "that are all of them leave nobody to ask",
      withoutQuorum(cluster(three(down))),
      ["refused: No API server of the control plane answers:"],
    ],
    [
      "and come back together are brought up together",
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

describe("members that come", () => {
  expectPlans([
    [
      "join one after the other, after the others have their changes",
      cluster([changed("cp-1"), blank("cp-2"), blank("cp-3")]),
      ["change cp-1", ...JOINING("cp-2"), ...JOINING("cp-3")],
    ],
    [
      "go on where a kill left them added",
      cluster([node("cp-1"), blank("cp-2", { member: ADDED })]),
      JOINING("cp-2").slice(1),
    ],
    [
      "go on with the data that they began with",
      cluster([
        node("cp-1"),
        blank("cp-2", { member: LEARNER, hasEtcdData: true }),
      ]),
      JOINING("cp-2").slice(1),
    ],
    [
      "are changed like others where a kill left them voting",
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
      "end their turn before others begin theirs: etcd takes one learner",
      cluster([
        node("cp-1"),
        blank("cp-2"),
        blank("cp-3", { member: LEARNER, hasEtcdData: true }),
      ]),
      [...JOINING("cp-3").slice(1), ...JOINING("cp-2")],
    ],
    [
      "wait for a learner whose machine is down",
      cluster([node("cp-1"), blank("cp-2"), down("cp-3", { member: LEARNER })]),
      [
        "refused: cp-2: cannot join etcd, which allows one learner at a time: cp-3 is a learner and is not reached.",
      ],
    ],
    [
      "have the data of another membership set aside",
      cluster([node("cp-1"), blank("cp-2", { hasEtcdData: true })]),
      ["set data aside cp-2", ...JOINING("cp-2")],
    ],
    [
      "have the old member removed where their disk was replaced",
      cluster([
        node("cp-1"),
        node("cp-2"),
        blank("cp-3", { member: { learner: false, started: true } }),
      ]),
      ["remove member cp-3", ...JOINING("cp-3")],
    ],
    [
      "on hosts of their own come before API servers have their change",
      cluster([
        etcdHost("etcd-1"),
        etcdHost("etcd-2", { hasEtcdData: false, member: undefined }),
        apiHost("cp-1", { changes: API_FLAG }),
      ]),
      [...JOINING("etcd-2"), "change cp-1"],
    ],
    [
      "are brought up with the others where etcd was told of them at its birth",
      cluster([
        node("cp-1"),
        blank("cp-2", { member: { learner: false, started: false } }),
      ]),
      ["change cp-2"],
    ],
    [
      "have nobody to join where no member has its data",
      withoutQuorum(cluster(three(blank))),
      [
        "refused: cp-1, cp-2, cp-3: not touched, because the cluster existed before and none of the etcd members that are reached has its data.",
      ],
    ],
    [
      "wait until those are up that have their data",
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
      "do so when those that come have come",
      cluster([node("cp-2"), node("cp-3"), blank("cp-4"), left("cp-1")]),
      [...JOINING("cp-4"), "cordon cp-1", ...LEAVING("cp-1")],
    ],
    [
      "are taken out of etcd before others come where their machine is gone",
      cluster([
        node("cp-2"),
        node("cp-3"),
        blank("cp-4"),
        left("cp-1", { reached: false }),
      ]),
      ["remove member cp-1", ...JOINING("cp-4"), "cordon cp-1", "leave cp-1"],
    ],
    [
      "make room where they are learners",
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
      "are all cordoned before the first is drained",
      cluster([
        node("cp-1"),
        node("cp-2", { status: "retires" }),
        node("cp-3", { status: "retires" }),
      ]),
      ["cordon cp-2,cp-3", ...LEAVING("cp-2"), ...LEAVING("cp-3")],
    ],
    [
      "retire once",
      cluster([
        node("cp-1"),
        node("cp-2", { status: "retires", retired: true, member: undefined }),
      ]),
      [],
    ],
    [
      "are forgotten where they have retired before",
      cluster([
        node("cp-1"),
        left("cp-2", { retired: true, member: undefined }),
      ]),
      ["leave cp-2"],
    ],
    [
      "that are no longer listed come before those that retire",
      cluster([
        node("cp-1"),
        node("cp-2", { status: "retires" }),
        left("cp-3"),
      ]),
      ["cordon cp-3,cp-2", ...LEAVING("cp-3"), ...LEAVING("cp-2")],
    ],
    [
      "keep their pods where the others would be no quorum",
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
      "that are gone stay members where the others are no quorum",
      cluster([node("cp-1"), down("cp-2"), left("cp-3", { reached: false })]),
      [
        "refused: cp-3: cannot leave etcd: only 1 of the 2 remaining members would be healthy, which is no quorum.",
      ],
    ],
    [
      "count for as long as they are there",
      cluster([etcdChanged("cp-1"), node("cp-2"), left("cp-3")]),
      ["change cp-1", "cordon cp-3", ...LEAVING("cp-3")],
    ],
    [
      "of directories have nothing to leave",
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
      "has its new workers join all at once, before the others change",
      pool([behind("w-1"), fresh("w-2"), fresh("w-3")]),
      ["join w-2,w-3", "change w-1"],
    ],
    [
      "has ill workers mended all at once, and the others a few at a time",
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
      "drains those that leave, and has the routes set at the end",
      pool([worker("w-1"), worker("w-2", { status: "left" })], {
        podNetwork: true,
      }),
      ["cordon w-2", "drain w-2", "leave w-2", "pod network"],
    ],
    [
      "goes on without a worker that is down",
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

  test("doesn't take a majority that is away for a moment for a cluster that is down", () => {
    const view = cluster([changed("cp-1"), changed("cp-2"), node("cp-3")]);
    const done = [prepared, stepOf("change", [node("cp-1")])];
    expect(nextStep({ ...withoutQuorum(view), done })).toMatchObject({
      patience: 60_000,
      refusal: { message: expect.stringContaining("no quorum") },
    });
  });

  test("waits a while for etcd before it refuses, as its members may just have started", () => {
    const view = cluster([etcdChanged("cp-1"), down("cp-2"), node("cp-3")], {
      done: [prepared],
    });
    expect(nextStep(view)).toMatchObject({ patience: 60_000 });
    const healthy = { ...view.etcd!, healthy: [...THREE] };
    expect(nextStep({ ...view, etcd: healthy })).toMatchObject({
      step: { kind: "change", nodes: ["cp-1"] },
    });
  });

  test("halts where a node fails, and names those that were not touched", () => {
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

  test("calls nobody untouched who had their etcd started before another failed", () => {
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

  test("names those as untouched that would have joined, or changed, after the one that failed", () => {
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

test("says what a step brings, and what it waits for", () => {
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
