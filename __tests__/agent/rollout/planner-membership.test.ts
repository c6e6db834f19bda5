import {
  ADDED,
  API_FLAG,
  apiHost,
  blank,
  cluster,
  down,
  etcdHost,
  LEARNER,
  left,
  node,
  pool,
  withoutQuorum,
  worker,
} from "./support/cluster-view";
import { changed, etcdChanged, expectPlans, three } from "./support/plans";

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
