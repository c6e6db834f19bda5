import { TerraformStack, Testing } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  NodeAccess,
  ServiceAccountToken,
  Store,
} from "../../lib";
import { controlPlaneIn } from "../../lib/testing";
import { stackWith } from "./support/stack";

const CLUSTER = controlPlaneIn(
  stackWith({}, (controlPlane) => {
    controlPlane.addWorkers("web", {
      nodes: [
        {
          name: "w-1",
          address: "10.0.0.9",
          access: NodeAccess.ssh({ host: "w-1" }),
        },
      ],
    });
    controlPlane.addUser("jane", { groups: ["team"], namespace: "web" });
    controlPlane.addManifests("web", {
      objects: [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } },
      ],
    });
    new ServiceAccountToken(controlPlane, "ci", {
      controlPlane,
      namespace: "web",
    });
  }),
);

test("a cluster has a name, a version and nodes", () => {
  expect(CLUSTER.name).toBe("prod");
  expect(CLUSTER.kubernetesVersion).toBe("v1.36.3");
  expect(CLUSTER.nodes).toEqual(["cp-1", "cp-2", "w-1"]);
});

describe("the files of a node", () => {
  const files = CLUSTER.filesOf("cp-1");

  test("a static pod is an object", () => {
    const pod = CLUSTER.on("cp-1").manifestOf("kube-apiserver");
    expect(pod.spec.containers[0].image).toBe(
      "registry.k8s.io/kube-apiserver:v1.36.3",
    );
    expect(files["/etc/kubernetes/manifests/kube-apiserver.yaml"]).toEqual({
      node: "cp-1",
      path: "/etc/kubernetes/manifests/kube-apiserver.yaml",
      mode: "0600",
      content: pod,
    });
  });

  test("the configuration of kubelet is an object", () => {
    expect(files["/var/lib/kubelet/config.yaml"].content).toMatchObject({
      kind: "KubeletConfiguration",
      rotateCertificates: true,
    });
  });

  test("files of yours are objects or texts, and what looks like a template is data", () => {
    expect(files["/etc/kubernetes/audit.yaml"].content).toEqual({
      kind: "Policy",
      rules: [],
    });
    expect(files["/etc/motd"]).toMatchObject({
      mode: "0644",
      content: "${not} a %{template}\n",
    });
  });

  test("a unit of yours has its sections and settings, whatever their names", () => {
    expect(CLUSTER.on("cp-1").unitOf("mine")).toEqual({
      constructor: Object.fromEntries([["__proto__", ["1"]]]),
      Service: { ExecStart: ["/bin/true --a"] },
    });
    expect(CLUSTER.on("cp-1").flagsOf("mine")).toEqual({ a: "true" });
  });

  test("a copy says of what it is one, part by part", () => {
    const pki = "/etc/kubernetes/pki";
    expect(files[`${pki}/ca.crt`].content).toEqual({ copyOf: "pki/ca.crt" });
    expect(files[`${pki}/sa.key`].content).toEqual({ copyOf: "pki/sa.key" });
    expect(files[`${pki}/sa.pub`].content).toEqual({ copyOf: "pki/sa.pub" });
  });

  test("a worker has no keys of CAs", () => {
    expect(
      Object.keys(CLUSTER.filesOf("w-1")).filter((path) =>
        path.startsWith("/etc/kubernetes/pki/"),
      ),
    ).toEqual(["/etc/kubernetes/pki/ca.crt"]);
  });
});

describe("certificates", () => {
  test("have the names of kubeadm", () => {
    expect(CLUSTER.on("cp-2").certificateOf("apiserver")).toEqual({
      commonName: "kube-apiserver",
      organizations: [],
      names: [
        "cp-2",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
        "10.96.0.1",
        "10.0.0.2",
        "api.example.org",
      ],
      usages: ["serverAuth"],
      keyAlgorithm: "ECDSA-P256",
      validityHours: 8760,
      signer: "pki/ca.crt",
    });
    expect(CLUSTER.on("cp-1").certificateOf("etcd-server").signer).toBe(
      "pki/etcd/ca.crt",
    );
    expect(CLUSTER.on("w-1").certificateOf("kubelet-server").commonName).toBe(
      "system:node:w-1",
    );
  });

  test("of a CA are in the store, and have no signer", () => {
    expect(CLUSTER.certificateOf("etcd-ca")).toEqual({
      commonName: "etcd-ca",
      organizations: [],
      names: ["etcd-ca"],
      usages: [],
      keyAlgorithm: "ECDSA-P256",
      validityHours: 87600,
    });
  });

  test("of yours have their paths, also in a store without a cluster", () => {
    const stack = new TerraformStack(Testing.app(), "pki");
    const store = new Store(stack, "store", { directory: "clusters/own" });
    const certificateAuthority = new CertificateAuthority(stack, "ca", {
      store,
      commonName: "mine",
    });
    new Certificate(stack, "web", {
      certificateAuthority,
      commonName: "web",
      names: ["web.example.org"],
      usages: ["serverAuth"],
    });
    const own = controlPlaneIn(stack);
    expect([own.name, own.nodes]).toEqual(["own", []]);
    expect(own.certificateOf("certificates/web").names).toEqual([
      "web.example.org",
    ]);
  });
});

describe("kubeconfigs", () => {
  test("say who reaches what", () => {
    expect(CLUSTER.kubeconfigOf("jane")).toMatchObject({
      server: "https://api.example.org:6443",
      cluster: "prod",
      user: "jane",
      namespace: "web",
      clientCertificate: { commonName: "jane", organizations: ["team"] },
    });
    expect(CLUSTER.on("cp-2").kubeconfigOf("scheduler").server).toBe(
      "https://10.0.0.2:6443",
    );
  });

  test("the one in the store is meant if no node is named", () => {
    expect(CLUSTER.kubeconfigOf("admin").clientCertificate).toMatchObject({
      organizations: ["kubeadm:cluster-admins"],
    });
  });

  test("with a token have no certificate", () => {
    const { clientCertificate, user } = CLUSTER.kubeconfigOf("ci");
    expect([clientCertificate, user]).toEqual([undefined, "ci"]);
  });
});

test("the objects of the cluster are read, all of them or those of one name", () => {
  expect(CLUSTER.objectsOf("web")).toEqual([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } },
  ]);
  const kinds = CLUSTER.objectsOf().map(({ kind }) => kind);
  expect(kinds).toEqual(
    expect.arrayContaining(["Namespace", "ServiceAccount", "DaemonSet"]),
  );
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
