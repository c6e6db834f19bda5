import type { RolloutRequest } from "../../../lib/request/request";
import {
  type Inventory,
  inventoryAfter,
  inventoryOf,
  leftNodes,
  successorOf,
} from "../../../lib/store/inventory";

const nodeOf = (name: string, address = "10.0.0.1") => ({
  name,
  address,
  access: { kind: "directory" as const },
  components: [],
});

const FACTS = {
  clusterName: "test",
  serviceSubnet: "10.96.0.0/12",
  podSubnet: "",
  dnsDomain: "cluster.local",
  keyAlgorithm: "RSA-2048",
};

const requestOf = (more: Partial<RolloutRequest> = {}) =>
  ({
    action: "rollout",
    stack: "stack",
    store: "",
    clusterName: "test",
    kubernetesVersion: "1.36.3",
    endpoint: "",
    adminKubeconfig: "",
    facts: FACTS,
    nodes: [nodeOf("cp-1")],
    pools: {},
    maxUnavailable: 1,
    objects: [],
    ...more,
  }) as unknown as RolloutRequest;

const poolOf = (name: string, ...nodes: string[]) =>
  ({
    name,
    nodes: nodes.map((node) => nodeOf(node)),
  }) as unknown as RolloutRequest["pool"];

describe("what a cluster is set up with", () => {
  const before: Inventory = {
    stack: "stack",
    facts: { ...FACTS, dnsDomain: "a" },
  };

  test("is not recorded before the rollout succeeds", () => {
    expect(inventoryOf(requestOf(), undefined).facts).toBeUndefined();
    expect(inventoryOf(requestOf(), before).facts).toEqual(before.facts);
  });

  test.each<[string, Partial<RolloutRequest>, object | undefined]>([
    ["by the rollout of the control plane", {}, FACTS],
    ["by no rollout of a pool", { pool: poolOf("a") }, before.facts],
    ["by no request of an earlier version", { facts: undefined }, before.facts],
  ])("is recorded %s", (_, request, facts) => {
    expect(inventoryAfter(before, requestOf(request)).facts).toEqual(facts);
  });
});

describe("nodes that left the program", () => {
  const present: Inventory = {
    stack: "stack",
    nodes: {
      "cp-1": nodeOf("cp-1"),
      "cp-2": nodeOf("cp-2"),
      "w-1": { ...nodeOf("w-1"), pool: "blue" },
    },
  };
  const green = { green: ["w-1"] };

  test.each<[string, Partial<RolloutRequest>, string[]]>([
    ["a control-plane node and a pool", {}, ["cp-2", "w-1"]],
    ["no worker whose pool is still there", { pools: { blue: [] } }, ["cp-2"]],
    ["no worker whose pool has another name", { pools: green }, ["cp-2"]],
    [
      "a worker, in the rollout of its pool",
      { pool: poolOf("blue"), pools: { blue: [] } },
      ["w-1"],
    ],
    [
      "no worker that is in another pool",
      { pool: poolOf("blue"), pools: { blue: [], ...green } },
      [],
    ],
  ])("are %s", (_, request, left) => {
    expect(leftNodes(requestOf(request), present)).toEqual(left);
  });
});

describe("a host of a node that leaves belongs to", () => {
  test.each<[string, Inventory["nodes"], string | undefined]>([
    ["nobody else", { "cp-2": nodeOf("cp-2", "10.0.0.2") }, undefined],
    ["the node that has its address", { "cp-x": nodeOf("cp-x") }, "cp-x"],
    ["no node that leaves as well", { left: nodeOf("left") }, undefined],
    [
      "no node that retired",
      { "cp-x": { ...nodeOf("cp-x"), retired: true } },
      undefined,
    ],
  ])("%s", (_, nodes, successor) => {
    const inventory = {
      stack: "stack",
      nodes: { "cp-1": nodeOf("cp-1"), ...nodes },
    };
    expect(
      successorOf("cp-1", inventory, (name) => ["cp-1", "left"].includes(name)),
    ).toBe(successor);
  });
});
