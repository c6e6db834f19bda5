import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fn, TerraformResource, TerraformStack, Testing } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  KeyAlgorithm,
  LocalControlPlane,
  NodeAccess,
  Runtime,
  ServiceAccountToken,
  Store,
} from "../../lib";
import { controlPlaneIn } from "../../lib/testing";

const stackWith = (
  props: Partial<ControlPlaneProps> = {},
  more: (controlPlane: ControlPlane) => void = () => {},
): TerraformStack => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const controlPlane = new ControlPlane(stack, "prod", {
    clusterName: "prod",
    kubernetesVersion: "1.36.3",
    endpoint: "api.example.org:6443",
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    nodes: ["cp-1", "cp-2"].map((name, i) => ({
      name,
      address: `10.0.0.${i + 1}`,
      access: NodeAccess.ssh({ host: name }),
      files: [
        {
          path: "/etc/kubernetes/audit.yaml",
          text: "kind: Policy\nrules: []\n",
        },
        { path: "/etc/motd", text: "${not} a %{template}\n", mode: "0644" },
        {
          path: "/etc/systemd/system/mine.service",
          text: "[constructor]\n__proto__=1\n[Service]\nExecStart=/bin/true \\\n  --a\n",
        },
      ],
    })),
    ...props,
  });
  more(controlPlane);
  return stack;
};

const CLUSTER = controlPlaneIn(
  stackWith(
    { apiServer: { extraArgs: { "audit-log-maxage": "30" } } },
    (controlPlane) => {
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
    },
  ),
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
