import { type ControlPlaneProps, Etcd } from "../../lib";
import type { Inventory, InventoryNode } from "../../lib/store/inventory";
import { cluster } from "../support/cluster";
import { LiveCluster } from "./support/live-cluster";

const live = new LiveCluster();
beforeAll(() => live.setUp());
afterAll(() => live.deployment.dispose());

type Runs = InventoryNode["runs"];

/** Control-plane nodes on hosts, and what runs on them. `undefined` is a node that no rollout has set up. */
const withNodes =
  (...all: readonly (Runs | undefined)[]) =>
  (inventory: Inventory) => {
    const [node] = Object.values(inventory.nodes ?? {});
    const nodes = all.map((runs, at) => [
      `cp-${at + 1}`,
      {
        ...node,
        address: `10.0.0.1${at + 1}`,
        access: { kind: "local", sudo: false },
        ...(runs && { tree: "fingerprint", runs }),
      },
    ]);
    return { ...inventory, nodes: Object.fromEntries(nodes) as object };
  };

const kubernetes = (...releases: readonly string[]) =>
  withNodes(...releases.map((release) => ({ kubernetes: release })));

const etcd = (...releases: readonly string[]) =>
  withNodes(
    ...releases.map((release) => ({ kubernetes: "v1.36.3", etcd: release })),
  );

const version = (kubernetesVersion: string) => ({ kubernetesVersion });
const etcdTag = (tag: string) => ({ etcd: Etcd.stacked({ image: { tag } }) });

const errorsOf = (
  inventory: (inventory: Inventory) => object,
  props: Partial<ControlPlaneProps>,
): string[] =>
  live.withInventory(inventory, () => live.errorsOf(cluster(props)));

test.each([
  ["the next minor", kubernetes("v1.35.4"), version("1.36.3")],
  [
    "another patch, also an earlier one",
    kubernetes("v1.36.9"),
    version("1.36.3"),
  ],
  [
    "an upgrade that goes on",
    kubernetes("v1.36.3", "v1.35.4"),
    version("1.36.3"),
  ],
  [
    "an upgrade that is taken back",
    kubernetes("v1.36.3", "v1.35.4"),
    version("1.35.4"),
  ],
  [
    "any release where nothing runs yet",
    withNodes(undefined),
    version("1.33.13"),
  ],
  [
    "the next minor of etcd after its bridge",
    etcd("3.6.11", "3.6.12"),
    etcdTag("3.7.1-0"),
  ],
  [
    "an upgrade of etcd that goes on",
    etcd("3.7.0", "3.6.11"),
    etcdTag("3.7.1-0"),
  ],
  [
    "an image of etcd whose tag is no release",
    etcd("3.7.0"),
    etcdTag("latest"),
  ],
])("a plan allows %s", (_, inventory, props) => {
  expect(errorsOf(inventory, props)).toEqual([]);
});

test.each([
  [
    "two minors at once",
    kubernetes("v1.35.4", "v1.35.4"),
    version("1.37.1"),
    "Kubernetes goes forward one minor at a time, so v1.37.1 is too far ahead: cp-1 runs v1.35.4, cp-2 runs v1.35.4. Set kubernetesVersion to a release of 1.36 and deploy, before you go on.",
  ],
  [
    "a minor back",
    kubernetes("v1.36.3"),
    version("1.35.4"),
    "Kubernetes cannot go back a minor, so v1.35.4 is too old: cp-1 runs v1.36.3. An older API server may not understand what a newer one wrote to etcd. Set kubernetesVersion to a release of 1.36.",
  ],
  [
    "a third minor in the middle of an upgrade",
    kubernetes("v1.36.3", "v1.35.4"),
    version("1.37.1"),
    "so v1.37.1 is too far ahead: cp-1 runs v1.36.3, cp-2 runs v1.35.4. Set kubernetesVersion to a release of 1.36 and deploy",
  ],
  [
    "etcd 3.5 before its bridge",
    etcd("3.5.32", "3.5.24"),
    etcdTag("3.6.8-0"),
    "etcd 3.6.8 can only follow 3.5.32 or a later 3.5: cp-1 runs 3.5.32, cp-2 runs 3.5.24. ",
  ],
  [
    "etcd 3.6 before its bridge, by kubernetesVersion alone",
    withNodes({ kubernetes: "v1.36.3", etcd: "3.6.8" }),
    version("1.37.1"),
    "See https://etcd.io/docs/v3.7/upgrades/upgrade_3_7/. With etcd: Etcd.stacked({ image: { tag } }) or Etcd.dedicated({ version }), choose such a release and deploy, before you go on.",
  ],
  [
    "two minors of etcd at once",
    etcd("3.5.33"),
    etcdTag("3.7.1-0"),
    "etcd goes forward one minor at a time, so 3.7.1 is too far ahead: cp-1 runs 3.5.33.",
  ],
  [
    "a minor of etcd back",
    etcd("3.7.1"),
    etcdTag("3.6.14-0"),
    "etcd cannot go back a minor, so 3.6.14 is too old: cp-1 runs 3.7.1.",
  ],
])("a plan refuses %s", (_, inventory, props, message) => {
  const errors = errorsOf(inventory, props);
  expect(errors).toHaveLength(1);
  expect(errors[0].replace(/\s+/g, " ")).toContain(message);
});

test("a plan compares with the release of the whole cluster, where an earlier version of this library deployed it", () => {
  const errors = errorsOf(
    (inventory) => ({ ...inventory, kubernetesVersion: "v1.34.4" }),
    {},
  );
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain("cp-1 runs v1.34.4");
});
