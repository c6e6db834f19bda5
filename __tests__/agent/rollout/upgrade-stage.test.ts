import { runningReleases, stageOf } from "../../../lib/agent/rollout/upgrade";
import type { RolloutRequest } from "../../../lib/request/request";
import { type Inventory, inventoryAfter } from "../../../lib/store/inventory";

const WANTED = "v1.37.1";
const request = {
  kubernetesVersion: WANTED,
  facts: {
    clusterName: "c",
    serviceSubnet: "s",
    dnsDomain: "d",
    keyAlgorithm: "k",
  },
} as RolloutRequest;

const inventory = (
  releases: readonly (string | undefined)[],
  more: Partial<Inventory> = {},
): Inventory => ({
  stack: "prod",
  ...more,
  nodes: Object.fromEntries(
    releases.map((kubernetes, at) => [
      `cp-${at + 1}`,
      {
        address: "10.0.0.1",
        access: { kind: "local" as const, sudo: false },
        ...(kubernetes !== undefined && { runs: { kubernetes } }),
      },
    ]),
  ),
});

test.each([
  ["none", "a first rollout", inventory([])],
  ["none", "the same release", inventory([WANTED, WANTED])],
  ["none", "a node that joins", inventory([WANTED, undefined])],
  ["begins", "another minor", inventory(["v1.36.3", "v1.36.3"])],
  ["begins", "another patch", inventory(["v1.37.0"])],
  [
    "begins",
    "one where another had begun",
    inventory(["v1.36.3"], { upgradingTo: "v1.36.4" }),
  ],
  ["goes on", "one that some nodes have", inventory([WANTED, "v1.36.3"])],
  [
    "goes on",
    "one that failed on the first node",
    inventory(["v1.36.3", "v1.36.3"], { upgradingTo: WANTED }),
  ],
])("an upgrade is %s: %s", (stage, _, present) => {
  expect(stageOf(request, present)).toBe(stage);
});

test("a pool brings no upgrade of the control plane", () => {
  const pool = { name: "workers", nodes: [], drainTimeout: 1 };
  expect(stageOf({ ...request, pool }, inventory(["v1.36.3"]))).toBe("none");
});

test("workers and retired nodes do not count", () => {
  const present = inventory(["v1.35.4", "v1.34.4", "v1.36.3"]);
  const { "cp-1": first, "cp-2": second, ...rest } = present.nodes ?? {};
  const nodes = {
    ...rest,
    w: { ...first, pool: "workers" },
    old: { ...second, retired: true },
  };
  expect(runningReleases({ ...present, nodes })).toEqual(["v1.36.3"]);
});

test("an upgrade that has ended is forgotten", () => {
  const { upgradingTo } = inventoryAfter(
    inventory([WANTED], { upgradingTo: WANTED }),
    request,
  );
  expect(upgradingTo).toBeUndefined();
});
