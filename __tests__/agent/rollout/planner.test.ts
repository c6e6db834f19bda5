import {
  API_FLAG,
  apiHost,
  blank,
  cluster,
  down,
  ETCD_FLAG,
  etcdHost,
  NEW_ETCD,
  newCluster,
  node,
  planOf,
  withoutQuorum,
} from "./support/cluster-view";
import { changed, etcdChanged, expectPlans, three } from "./support/plans";

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
