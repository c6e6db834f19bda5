import {
  ControlPlane,
  type ControlPlaneProps,
  Etcd,
  NodeAccess,
  type NodeProps,
} from "../../lib";
import {
  cluster,
  clusterProps,
  newStack,
  node,
  NODES,
} from "../support/cluster";
import { resourcesOf } from "../support/rollouts";
import { artefactsOf } from "../support/synthesized";
import { warningsOf } from "../support/warnings";

const ssh = (number: number) =>
  NodeAccess.ssh({ host: `10.0.0.1${number}`, user: "admin" });
const host = (number: number, props: Partial<NodeProps> = {}) =>
  node(number, { access: ssh(number), ...props });
const HOSTS = [host(1), host(2), host(3)];
const triggersOf = (props: Partial<ControlPlaneProps>) =>
  resourcesOf(cluster(props)).find(({ path }) => path === "cluster/rollout")!
    .triggers;

describe("a control plane whose nodes are in directories", () => {
  const resources = resourcesOf(cluster({ nodes: NODES }));

  test("has no resources or files that only hosts need", () => {
    const paths = resources.map(({ path }) => path);
    expect(paths.filter((path) => /access|workers|users/.test(path))).toEqual(
      [],
    );
    expect(
      [...artefactsOf(cluster({ nodes: NODES })).keys()].join(),
    ).not.toContain("systemd");
    expect(
      resources.find(({ path }) => path === "cluster/store/teardown")!
        .dependsOn,
    ).toEqual([]);
  });

  test("has a rollout without triggers that only hosts need", () => {
    const rollout = resources.find(({ path }) => path === "cluster/rollout")!;
    expect(Object.keys(rollout.triggers).sort()).toEqual([
      "batch kubeconfigs",
      "batch nodes/cp-1",
      "batch nodes/cp-2",
      "batch nodes/cp-3",
      "batch objects",
      "endpoint",
      "kubernetes_version",
      "nodes",
    ]);
    expect(JSON.stringify(rollout.lifecycle)).not.toContain("quorum");
  });
});

describe("a node that is reached over SSH", () => {
  test("has the kubelet drop-in of kubeadm's package", () => {
    const dropIn = artefactsOf(cluster({ nodes: HOSTS })).get(
      "nodes/cp-1/root/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
    )!;
    expect(dropIn.spec.split("\n")).toEqual([
      "[Service]",
      'Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"',
      'Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"',
      "EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env",
      "EnvironmentFile=-/etc/default/kubelet",
      "EnvironmentFile=-/etc/sysconfig/kubelet",
      "ExecStart=",
      "ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS",
      "",
    ]);
  });

  test("has an access, which describes how it is reached and on which the teardown depends", () => {
    const resources = resourcesOf(cluster({ nodes: HOSTS }));
    const access = resources.filter(({ path }) => path.endsWith("/access"));
    expect(access.map(({ path, triggers }) => [path, triggers])).toEqual([
      ["cluster/cp-1/access", { access: "ssh admin@10.0.0.11" }],
      ["cluster/cp-2/access", { access: "ssh admin@10.0.0.12" }],
      ["cluster/cp-3/access", { access: "ssh admin@10.0.0.13" }],
    ]);
    const teardown = resources.find(({ path }) => path.endsWith("/teardown"))!;
    expect(teardown.dependsOn).toEqual(access.map(({ address }) => address));
  });

  test.each<[NodeAccess, string]>([
    [NodeAccess.ssh({ host: "10.0.0.1" }), "ssh 10.0.0.1"],
    [
      NodeAccess.ssh({ host: "10.0.0.1", user: "admin", port: 22 }),
      "ssh admin@10.0.0.1:22",
    ],
    [
      NodeAccess.ssh({ host: "fd00::1", port: 2222, jumpHost: "j@b:22" }),
      "ssh [fd00::1]:2222 via j@b:22",
    ],
    [NodeAccess.local(), "local"],
  ])("is rolled out again when its access changes (%#)", (access, words) => {
    const nodes = [node(1, { access })];
    expect(triggersOf({ nodes })).toMatchObject({ "node cp-1": words });
  });

  test("is rolled out again when its machine or retire changes, and when a check found drift", () => {
    const machineId = "0123456789abcdef0123456789abcdef";
    const nodes = [host(1), host(2, { machineId, retire: true })];
    expect(triggersOf({ nodes })).toMatchObject({
      nodes: "cp-1, cp-2",
      "node cp-1": "ssh admin@10.0.0.11",
      "node cp-2": `ssh admin@10.0.0.12, machine ${machineId}, retire`,
      "check cp-1":
        '${try(jsondecode(file("../../../clusters/test/.stamps/nodes/cp-1.json")).token, "")}',
    });
  });

  test("makes a plan fail that would cost etcd its quorum, unless etcd is external", () => {
    const lifecycleOf = (props: Partial<ControlPlaneProps>) =>
      JSON.stringify(
        resourcesOf(cluster(props)).find(
          ({ path }) => path === "cluster/rollout",
        )!.lifecycle,
      );
    const words = "etcd would lose its quorum";
    expect(lifecycleOf({ nodes: HOSTS })).toContain(words);
    const etcd = Etcd.external({ endpoints: ["http://etcd:2379"] });
    expect(lifecycleOf({ nodes: HOSTS, etcd })).not.toContain(words);
  });
});

test("retired nodes do not count in the warning of an even number of members", () => {
  const warnings = (...nodes: readonly NodeProps[]) =>
    warningsOf(cluster({ nodes }));
  expect(warnings(host(1), host(2))).toHaveLength(1);
  expect(warnings(host(1), host(2, { retire: true }))).toEqual([]);
});

test("the site is computed the same number of times for any number of nodes", () => {
  const readsWith = (count: number): number => {
    let reads = 0;
    const nodes = Array.from({ length: count }, (_, i) => node(i + 1));
    const props = {
      ...clusterProps({ nodes }),
      get featureGates() {
        reads++;
        return {};
      },
    };
    new ControlPlane(newStack(), "c", props);
    return reads;
  };
  expect(readsWith(5)).toBe(readsWith(1));
});
