import { Fn, TerraformResource, TerraformStack, Testing } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  ControlPlane,
  Store,
} from "../../lib";
import { controlPlaneIn } from "../../lib/testing";
import { CLUSTER } from "./support/cluster";

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

test("a value that is known only at apply is its expression", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const machine = new TerraformResource(stack, "machine", {
    terraformResourceType: "terraform_data",
  });
  const address = machine.getStringAttribute("output.address");
  new ControlPlane(stack, "prod", {
    clusterName: "prod",
    kubernetesVersion: "1.36.3",
    nodes: [{ name: "cp-1", address }],
    certSans: [Fn.upper(address)],
  });
  const cluster = controlPlaneIn(stack);
  expect(cluster.certificateOf("apiserver").names).toEqual(
    expect.arrayContaining([
      "${terraform_data.machine.output.address}",
      "${lower(upper(terraform_data.machine.output.address))}",
    ]),
  );
  expect(cluster.flagsOf("kube-apiserver")["advertise-address"]).toBe(
    "${terraform_data.machine.output.address}",
  );
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
