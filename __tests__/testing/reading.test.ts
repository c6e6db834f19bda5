import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { ControlPlane, LocalControlPlane, Runtime } from "../../lib";
import { controlPlaneIn } from "../../lib/testing";
import { CLUSTER, stackWith } from "./support/cluster";

describe("flags", () => {
  test("of a static pod", () => {
    expect(CLUSTER.on("cp-1").flagsOf("kube-apiserver")).toMatchObject({
      "audit-log-maxage": "30",
      "authorization-mode": "Node,RBAC",
    });
  });

  test("of kubelet, with blanks and quotes in them", () => {
    const value = `a b\t"c" 'd' \\e`;
    const cluster = controlPlaneIn(
      stackWith({ kubelet: { extraArgs: { "hostname-override": value } } }),
    );
    expect(cluster.on("cp-1").flagsOf("kubelet")["hostname-override"]).toBe(
      value,
    );
  });

  test("of a unit, with what is syntax in one", () => {
    const value = 'a b "c" 100% $HOME ${d} \\e';
    const cluster = controlPlaneIn(
      stackWith({
        runtime: Runtime.systemd(),
        scheduler: { extraArgs: { "leader-elect-resource-name": value } },
      }),
    );
    expect(cluster.on("cp-1").flagsOf("kube-scheduler")).toMatchObject({
      "leader-elect": "true",
      "leader-elect-resource-name": value,
    });
    expect(cluster.on("cp-1").unitOf("kube-scheduler").Service.Restart).toEqual(
      ["always"],
    );
  });

  test("of a local process, and a flag that is repeated", () => {
    const stack = new TerraformStack(Testing.app(), "local");
    new LocalControlPlane(stack, "local", {
      clusterName: "debug",
      kubernetesVersion: "1.36.3",
      apiServer: {
        extraArgs: { "service-account-issuer": ["https://a", "https://b"] },
      },
    });
    expect(
      controlPlaneIn(stack).flagsOf("kube-apiserver")["service-account-issuer"],
    ).toEqual(["https://a", "https://b"]);
  });
});

describe("what can be read", () => {
  test("a folder says the same as its stack", () => {
    const stack = stackWith();
    const folder = Testing.fullSynth(stack);
    for (const source of [folder, join(folder, "stacks/stack")])
      expect(controlPlaneIn(source)).toEqual(controlPlaneIn(stack));
  });

  test("one of several clusters, by its name", () => {
    const stack = stackWith();
    new ControlPlane(stack, "test", {
      clusterName: "test",
      kubernetesVersion: "1.36.3",
      nodes: [{ name: "t-1", address: "10.0.1.1" }],
    });
    expect(controlPlaneIn(stack, "test").nodes).toEqual(["t-1"]);
    expect(() => controlPlaneIn(stack)).toThrow(
      'The stack stack has 2 clusters. They are prod, test. Name one: controlPlaneIn(stack, "prod").',
    );
    expect(() => controlPlaneIn(stack, "tset")).toThrow("Did you mean test?");
  });

  test.each([
    ["JSON", () => Testing.synth(stackWith()), /not the JSON/],
    ["an empty folder", () => __dirname, /no synthesized stack.*fullSynth/],
    [
      "a stack of others",
      () => new TerraformStack(Testing.app(), "other"),
      /The stack other has nothing of cdktf-control-plane/,
    ],
  ])("fails with %s", (_, source, message) => {
    expect(() => controlPlaneIn(source())).toThrow(message);
  });

  test("fails with a folder whose manifest is damaged", () => {
    const folder = join(Testing.fullSynth(stackWith()), "stacks/stack");
    writeFileSync(join(folder, "control-plane.json"), "{}");
    expect(() => controlPlaneIn(folder)).toThrow("control-plane.json");
  });
});

test.each<[string, () => unknown, string]>([
  [
    "a node",
    () => CLUSTER.filesOf("cp1"),
    'There is no node "cp1" in the cluster prod. There is: cp-1, cp-2, w-1. Did you mean cp-1?',
  ],
  [
    "a component",
    () => CLUSTER.flagsOf("kube-apisrver"),
    "Did you mean kube-apiserver?",
  ],
  [
    "a certificate of a node",
    () => CLUSTER.on("cp-1").certificateOf("apiservr"),
    'There is no certificate "apiservr" on cp-1. There is: etcd-server, etcd-peer,',
  ],
  [
    "a manifest of a worker, which has none",
    () => CLUSTER.on("w-1").manifestOf("etcd"),
    'There is no manifest "etcd" on w-1. There is: none.',
  ],
  [
    "one of several nodes",
    () => CLUSTER.manifestOf("etcd"),
    '2 nodes have the manifest "etcd". They are cp-1, cp-2. Name one of them: controlPlaneIn(stack).on("cp-1").',
  ],
  [
    "a group of objects",
    () => CLUSTER.objectsOf("webb"),
    'There is no group of objects "webb" in the cluster prod. There is: cluster-admins,',
  ],
])("fails with the names of what there is: %s", (_, ask, message) => {
  expect(ask).toThrow(message);
});
