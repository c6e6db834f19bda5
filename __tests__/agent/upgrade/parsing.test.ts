import {
  BUDGET,
  DEFINITION,
  deprecatedIn,
  NODE,
  POD,
  seenBudget,
  seenDefinition,
  seenNode,
  seenProxy,
} from "../../../lib/agent/upgrade/cluster-objects";
import { imagesAfter } from "../../../lib/agent/upgrade/images";
import { seenMembers } from "../../../lib/agent/upgrade/members";
import { settingsOf } from "../../../lib/agent/upgrade/settings";
import { etcdAfter, targetOf } from "../../../lib/agent/upgrade/target";
import { Mismatch } from "../../../lib/base/shape";
import {
  type KubernetesVersion,
  parseKubernetesVersion,
} from "../../../lib/catalog/versions";

test("a Node object tells its versions, and why it is not ready", () => {
  const node = {
    metadata: {
      name: "cp-1",
      labels: { "node-role.kubernetes.io/control-plane": "" },
    },
    status: {
      conditions: [{ type: "Ready", status: "Unknown", message: "no news" }],
      nodeInfo: {
        kubeletVersion: "v1.36.3",
        containerRuntimeVersion: "containerd://2.1.4",
      },
    },
  };
  expect(seenNode(NODE(node))).toEqual({
    name: "cp-1",
    isControlPlane: true,
    isReady: false,
    reason: "no news",
    kubelet: "v1.36.3",
    runtime: "containerd://2.1.4",
  });
});

test("a Node object that its kubelet has not filled in is not ready", () => {
  const node = {
    metadata: { name: "new" },
    status: { nodeInfo: { kubeletVersion: "" } },
  };
  expect(seenNode(NODE(node))).toMatchObject({ isReady: false, kubelet: "" });
});

test("fails when an answer has another shape", () => {
  expect(() => NODE({ metadata: { name: "x" } })).toThrow(Mismatch);
  expect(() => DEFINITION({ metadata: { name: "x" }, spec: {} })).toThrow(
    Mismatch,
  );
});

test.each([
  ["registry.k8s.io/kube-proxy:v1.36.3", "v1.36.3"],
  ["example.org:5000/mirror/kube-proxy-amd64:v1.35.0@sha256:00", "v1.35.0"],
  ["registry.k8s.io/kube-proxy:latest", undefined],
  ["registry.k8s.io/kube-proxy@sha256:00", undefined],
  ["example.org/other:v1.2.3", undefined],
])("the image %s has kube-proxy %s", (image, version) => {
  const pod = {
    metadata: { name: "p", namespace: "kube-system" },
    spec: { nodeName: "w-1", containers: [{ image }] },
  };
  expect(seenProxy(POD(pod))).toEqual({
    pod: "kube-system/p",
    node: "w-1",
    ...(version !== undefined && { version }),
  });
});

test("a budget that no controller has seen yet covers nothing", () => {
  const metadata = { name: "web", namespace: "default" };
  expect(seenBudget(BUDGET({ metadata }))).toEqual({
    name: "default/web",
    allowed: 0,
    pods: 0,
  });
});

test("a definition tells which version it stores, and which it has stored", () => {
  const definition = {
    metadata: { name: "w.example.org" },
    spec: {
      versions: [{ name: "v1alpha1" }, { name: "v1", storage: true }],
    },
    status: { storedVersions: ["v1alpha1", "v1"] },
  };
  expect(seenDefinition(DEFINITION(definition))).toEqual({
    name: "w.example.org",
    versions: ["v1alpha1", "v1"],
    storage: "v1",
    stored: ["v1alpha1", "v1"],
  });
});

test("the metrics of an API server tell the deprecated APIs that were asked for", () => {
  const metrics = [
    "# TYPE apiserver_requested_deprecated_apis gauge",
    'apiserver_requested_deprecated_apis{group="networking.k8s.io",removed_release="1.37",resource="ipaddresses",subresource="",version="v1beta1"} 1',
    'apiserver_requested_deprecated_apis{group="",removed_release="",resource="endpoints",subresource="",version="v1"} 1',
    'apiserver_requested_deprecated_apis{group="g",removed_release="1.38",resource="r",subresource="status",version="v1"} 1',
    'apiserver_requested_deprecated_apis{group="g",removed_release="1.37",resource="never",subresource="",version="v1"} 0',
    'other{group="g"} 1',
  ].join("\n");
  expect(deprecatedIn(metrics, "cp-1")).toEqual([
    {
      node: "cp-1",
      apiVersion: "networking.k8s.io/v1beta1",
      resource: "ipaddresses",
      removed: "1.37",
    },
    { node: "cp-1", apiVersion: "v1", resource: "endpoints" },
    { node: "cp-1", apiVersion: "g/v1", resource: "r/status", removed: "1.38" },
  ]);
  expect(deprecatedIn("", "cp-1")).toEqual([]);
});

test("an alarm belongs to the member that raised it", () => {
  const member = (name: string, id: string) => ({ name, id, isLearner: false });
  const seen = seenMembers({
    hasQuorum: true,
    members: [member("cp-1", "1"), member("cp-2", "2")],
    alarms: [{ kind: "NOSPACE", memberId: "2", member: "cp-2" }],
  });
  expect(seen.map(({ alarms }) => alarms)).toEqual([[], ["NOSPACE"]]);
});

const file = (path: string, content: string) => ({
  path,
  content: Buffer.from(content),
  mode: 0o600,
  owner: "root:root",
});
const component = (name: string, how: object) => ({
  name,
  ports: [],
  timeout: 1,
  ...how,
});

test.each([
  [
    "the manifest of a static pod",
    component("kube-apiserver", { manifest: "/m/kube-apiserver.yaml" }),
    file(
      "/m/kube-apiserver.yaml",
      'spec: {containers: [{command: [kube-apiserver, "--feature-gates=A=true"]}]}',
    ),
    { component: "kube-apiserver", flag: "feature-gates", value: "A=true" },
  ],
  [
    "a unit",
    component("kube-scheduler", { unit: "kube-scheduler.service" }),
    file(
      "/etc/systemd/system/kube-scheduler.service",
      'ExecStart="/usr/local/bin/kube-scheduler" \\\n  "--feature-gates=A=true"\n',
    ),
    { component: "kube-scheduler", flag: "feature-gates", value: "A=true" },
  ],
  [
    "kubelet's variables",
    component("kubelet", { unit: "kubelet.service" }),
    file(
      "/var/lib/kubelet/kubeadm-flags.env",
      'KUBELET_KUBEADM_ARGS="--feature-gates=A=true"\n',
    ),
    { component: "kubelet", flag: "feature-gates", value: "A=true" },
  ],
  [
    "kubelet's configuration",
    component("kubelet", { unit: "kubelet.service" }),
    file("/var/lib/kubelet/config.yaml", "featureGates: {A: true, B: false}"),
    { component: "kubelet", flag: "feature-gates", value: "A=true,B=false" },
  ],
  [
    "kube-proxy's configuration",
    component("kube-proxy", { unit: "kube-proxy.service" }),
    file("/var/lib/kube-proxy/config.conf", "featureGates: {A: true}"),
    { component: "kube-proxy", flag: "feature-gates", value: "A=true" },
  ],
  [
    "a process",
    component("kube-apiserver", { command: ["bin/a", "--profiling"] }),
    file("/x", ""),
    { component: "kube-apiserver", flag: "profiling", value: "" },
  ],
])("the settings in %s are found", (_, each, tree, expected) => {
  expect(settingsOf({ name: "cp-1", components: [each] }, [tree])).toEqual([
    { node: "cp-1", ...expected },
  ]);
});

test("a manifest that somebody has broken has no settings", () => {
  const each = component("kube-apiserver", { manifest: "/m" });
  expect(
    settingsOf({ name: "cp-1", components: [each] }, [file("/m", "a: [")]),
  ).toEqual([]);
});

const V1_37 = parseKubernetesVersion("1.37.1") as KubernetesVersion;

test("the images of the new version have its tags, except where the user chose one", () => {
  const images = [
    "registry.k8s.io/kube-apiserver:v1.36.3",
    "r.example.org:5000/etcd:3.6.8-0",
    "registry.k8s.io/coredns/coredns:v1.14.2",
    "registry.k8s.io/pause:3.9",
    "quay.io/other:v1.36.3",
    "registry.k8s.io/etcd@sha256:00",
  ];
  expect(imagesAfter(images, "v1.36.3", V1_37)).toEqual([
    "registry.k8s.io/kube-apiserver:v1.37.1",
    "r.example.org:5000/etcd:3.7.0-0",
    "registry.k8s.io/coredns/coredns:v1.14.6",
    "registry.k8s.io/pause:3.9",
    "quay.io/other:v1.36.3",
    "registry.k8s.io/etcd@sha256:00",
  ]);
});

test.each([
  [{ present: "v1.36.3" }, "v1.37.1"],
  [{ present: "v1.36.3", to: "1.36.9" }, "v1.36.9"],
  [{ present: "v1.36.3", program: "v1.36.4" }, "v1.36.4"],
  [{ present: "v1.36.3", program: "v1.36.3" }, "v1.37.1"],
  [{ present: "v1.36.3", program: "v1.35.9" }, "v1.37.1"],
  [{ present: "v1.37.1" }, undefined],
])("%j leads to %s", (options, expected) => {
  expect(targetOf(options)).toBe(expected);
});

test("an etcd that the user chose stays, and the default becomes the next one", () => {
  expect(etcdAfter("3.6.8", "v1.36.3", "v1.37.1")).toBe("3.7.0");
  expect(etcdAfter("3.6.14", "v1.36.3", "v1.37.1")).toBe("3.6.14");
  expect(etcdAfter(undefined, "v1.36.3", "v1.37.1")).toBeUndefined();
});
