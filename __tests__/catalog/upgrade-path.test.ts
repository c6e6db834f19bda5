import {
  etcdPath,
  kubernetesPath,
  refusedPath,
} from "../../lib/catalog/upgrades";

const running = (...releases: readonly string[]) =>
  releases.map((release, at) => ({ node: `cp-${at + 1}`, release }));

// A plan applies the same rules as Terraform expressions: see __tests__/terraform/upgrade-path.slow.test.ts.
test.each([
  ["the next minor", kubernetesPath("v1.36.3"), running("v1.35.4")],
  [
    "another patch, also an earlier one",
    kubernetesPath("v1.36.3"),
    running("v1.36.9"),
  ],
  [
    "an upgrade that goes on",
    kubernetesPath("v1.36.3"),
    running("v1.36.3", "v1.35.4"),
  ],
  [
    "an upgrade that is taken back",
    kubernetesPath("v1.35.4"),
    running("v1.36.3", "v1.35.4"),
  ],
  ["any release where nothing runs", kubernetesPath("v1.33.13"), []],
  ["what runs something unknown", kubernetesPath("v1.33.13"), running("main")],
  ["etcd after its bridge", etcdPath("3.7.1"), running("3.6.11", "3.6.12")],
])("%s is allowed", (_, rules, all) => {
  expect(refusedPath(rules, all)).toBeUndefined();
});

test.each([
  [
    kubernetesPath("v1.37.1"),
    running("v1.36.3", "v1.35.4"),
    "Kubernetes goes forward one minor at a time, so v1.37.1 is too far ahead: cp-1 runs v1.36.3, cp-2 runs v1.35.4.",
    "Set kubernetesVersion to a release of 1.36 and deploy, before you go on.",
  ],
  [
    kubernetesPath("v1.35.4"),
    running("v1.36.3"),
    "Kubernetes cannot go back a minor, so v1.35.4 is too old: cp-1 runs v1.36.3. An older API server may not understand what a newer one wrote to etcd.",
    "Set kubernetesVersion to a release of 1.36.",
  ],
  [
    etcdPath("3.6.8"),
    running("3.5.32", "3.5.24"),
    "etcd 3.6.8 can only follow 3.5.32 or a later 3.5: cp-1 runs 3.5.32, cp-2 runs 3.5.24. Members of an earlier 3.5 may bring members that were removed long ago back into the cluster when they become 3.6. See https://etcd.io/docs/v3.6/upgrades/upgrade_3_6/.",
    "With etcd: Etcd.stacked({ image: { tag } }) or Etcd.dedicated({ version }), choose such a release and deploy, before you go on.",
  ],
  [
    etcdPath("3.6.8"),
    running("3.7.0"),
    "etcd cannot go back a minor, so 3.6.8 is too old: cp-1 runs 3.7.0. An older etcd refuses the data of a newer one.",
    "With etcd: Etcd.stacked({ image: { tag } }) or Etcd.dedicated({ version }), choose a release of 3.7.",
  ],
])(
  "a way that is not allowed is refused, with the next step",
  (rules, all, problem, remedy) => {
    expect(refusedPath(rules, all)).toEqual({ problem, remedy });
  },
);
