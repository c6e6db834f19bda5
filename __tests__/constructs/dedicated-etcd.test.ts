import { TerraformStack, Testing } from "cdktf";
import {
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  type DedicatedEtcdProps,
  Etcd,
  EtcdCluster,
  NodeAccess,
  Runtime,
  Store,
} from "../../lib";
import { cluster, clusterProps, node } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { requestsOf, resourcesOf } from "../support/rollouts";
import { artefactsOf, documentsOf, yamlOf } from "../support/synthesized";
import type { Program } from "../support/terraform";
import { warningsOf } from "../support/warnings";

const etcdNode = (number: number, props: object = {}) => ({
  name: `etcd-${number}`,
  address: `10.0.0.3${number}`,
  access: NodeAccess.ssh({ host: `10.0.0.3${number}` }),
  ...props,
});
const THREE = [etcdNode(1), etcdNode(2), etcdNode(3)];
const controlPlaneNode = (number: number, props: object = {}) =>
  node(number, {
    access: NodeAccess.ssh({ host: `10.0.0.1${number}` }),
    ...props,
  });

const props = (
  etcd: Partial<DedicatedEtcdProps> = {},
  more: Partial<ControlPlaneProps> = {},
): Partial<ControlPlaneProps> => ({
  nodes: [controlPlaneNode(1), controlPlaneNode(2)],
  etcd: Etcd.dedicated({ nodes: THREE, ...etcd }),
  ...more,
});
const program = (...given: Parameters<typeof props>): Program =>
  cluster(props(...given));

const treeOf = (of: Program, name: string): string[] =>
  [...artefactsOf(of).values()]
    .flatMap(({ files }) => files)
    .flatMap((file) => {
      const root = `nodes/${name}/root`;
      return file.startsWith(root) ? [file.slice(root.length)] : [];
    })
    .sort();

const ENDPOINTS = ["10.0.0.31", "10.0.0.32", "10.0.0.33"]
  .map((address) => `https://${address}:2379`)
  .join(",");

describe("a dedicated etcd host", () => {
  test("has the unit and the certificates of etcd, but no CA key", () => {
    expect(treeOf(program(), "etcd-1")).toEqual([
      "/etc/kubernetes/pki/etcd/ca.crt",
      "/etc/kubernetes/pki/etcd/healthcheck-client.crt",
      "/etc/kubernetes/pki/etcd/healthcheck-client.key",
      "/etc/kubernetes/pki/etcd/peer.crt",
      "/etc/kubernetes/pki/etcd/peer.key",
      "/etc/kubernetes/pki/etcd/server.crt",
      "/etc/kubernetes/pki/etcd/server.key",
      "/etc/systemd/system/etcd.service",
    ]);
  });

  test("uses TLS with clients and peers, and knows all members", () => {
    const { spec } = artefactsOf(program()).get(
      "nodes/etcd-2/root/etc/systemd/system/etcd.service",
    )!;
    for (const flag of [
      "--client-cert-auth=true",
      "--peer-client-cert-auth=true",
      "--name=etcd-2",
      "--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.32:2379",
      "--initial-cluster=etcd-1=https://10.0.0.31:2380,etcd-2=https://10.0.0.32:2380,etcd-3=https://10.0.0.33:2380",
    ])
      expect(spec).toContain(`  ${flag} \\\n`);
  });

  test("has certificates with its own names, signed by the CA of etcd", () => {
    const artefacts = artefactsOf(
      program({ serverCertSans: ["etcd.example.org"] }),
    );
    const server = artefacts.get(
      "nodes/etcd-1/root/etc/kubernetes/pki/etcd/server.crt",
    )!;
    expect(yamlOf(server).names).toEqual([
      "etcd-1",
      "localhost",
      "10.0.0.31",
      "127.0.0.1",
      "::1",
      "etcd.example.org",
    ]);
    expect(server.from).toEqual(["pki/etcd/ca.crt"]);
  });

  test.each([
    ["3.5.24", "--experimental-initial-corrupt-check=true"],
    ["v3.6.8", "--feature-gates=InitialCorruptCheck=true"],
    [undefined, "--feature-gates=InitialCorruptCheck=true"],
  ])("has the flags of its release: %s", (version, flag) => {
    const { spec } = artefactsOf(program({ version })).get(
      "nodes/etcd-1/root/etc/systemd/system/etcd.service",
    )!;
    expect(spec).toContain(`  ${flag} \\\n`);
  });

  test("has the user's files", () => {
    const files = [{ path: "/etc/motd", text: "hello" }];
    const nodes = [etcdNode(1, { files })];
    expect(treeOf(program({ nodes }), "etcd-1")).toContain("/etc/motd");
  });

  test("may use the Kubernetes CA", () => {
    const artefacts = artefactsOf((stack) => {
      const store = new Store(stack, "store", { directory: "clusters/test" });
      const ca = new CertificateAuthority(stack, "ca", {
        store,
        commonName: "kubernetes",
      });
      new ControlPlane(stack, "cluster", {
        ...clusterProps(props()),
        store,
        certificateAuthority: ca,
        etcdCertificateAuthority: ca,
      });
    });
    expect([...artefacts.keys()]).not.toContain("pki/etcd/ca.crt");
    expect(
      artefacts.get("nodes/etcd-1/root/etc/kubernetes/pki/etcd/server.crt")!
        .from,
    ).toEqual(["pki/ca.crt"]);
  });
});

describe("a control-plane node", () => {
  const artefacts = artefactsOf(program());

  test("has no etcd member, but the client certificate of its API server", () => {
    const files = treeOf(program(), "cp-1");
    expect(files.filter((path) => /etcd/.test(path))).toEqual([
      "/etc/kubernetes/pki/apiserver-etcd-client.crt",
      "/etc/kubernetes/pki/apiserver-etcd-client.key",
      "/etc/kubernetes/pki/etcd/ca.crt",
    ]);
  });

  test("has an API server that connects to all members", () => {
    const pod = yamlOf(
      artefacts.get(
        "nodes/cp-1/root/etc/kubernetes/manifests/kube-apiserver.yaml",
      )!,
    );
    expect(pod.spec.containers[0].command).toContain(
      `--etcd-servers=${ENDPOINTS}`,
    );
  });

  test("has an API server unit that does not wait for etcd", () => {
    const units = artefactsOf(program({}, { runtime: Runtime.systemd() }));
    expect(
      units.get("nodes/cp-1/root/etc/systemd/system/kube-apiserver.service")!
        .spec,
    ).toContain("After=network-online.target\n");
  });

  test("has a kubeadm-config with an external etcd", () => {
    const [{ data }] = documentsOf(
      artefacts.get("objects/kubeadm-config.yaml")!,
    );
    expect(data.ClusterConfiguration.$yaml.etcd).toEqual({
      external: {
        endpoints: ENDPOINTS.split(","),
        httpEndpoints: ENDPOINTS.split(","),
        caFile: "/etc/kubernetes/pki/etcd/ca.crt",
        certFile: "/etc/kubernetes/pki/apiserver-etcd-client.crt",
        keyFile: "/etc/kubernetes/pki/apiserver-etcd-client.key",
      },
    });
    const nodes = documentsOf(artefacts.get("objects/nodes.yaml")!);
    expect(nodes.map(({ metadata }) => metadata.name)).toEqual([
      "cp-1",
      "cp-2",
    ]);
  });
});

describe("the rollout", () => {
  test("is one for all nodes, with the etcd hosts first", () => {
    const requests = requestsOf(program());
    expect(Object.keys(requests)).toEqual(["rollout"]);
    const { nodes, etcd } = requests.rollout;
    expect(
      nodes.map(({ name, components }) => [
        name,
        components.map((component) => component.name).join(" "),
      ]),
    ).toEqual([
      ...THREE.map(({ name }) => [name, "etcd"]),
      ...["cp-1", "cp-2"].map((name) => [
        name,
        "kube-apiserver kube-controller-manager kube-scheduler kubelet",
      ]),
    ]);
    expect(nodes[0]).toEqual({
      name: "etcd-1",
      address: "10.0.0.31",
      access: {
        kind: "ssh",
        host: "10.0.0.31",
        sudo: true,
        connectTimeout: 120,
      },
      components: [
        {
          name: "etcd",
          unit: "etcd.service",
          health: {
            scheme: "http",
            host: "127.0.0.1",
            port: 2381,
            path: "/readyz",
          },
          ports: [2379, 2380, 2381],
          timeout: 240,
        },
      ],
      labels: {},
      taints: [],
      criSocket: "",
      images: [],
      imageArchives: [],
      port: 2379,
      binaries: [{ path: "/usr/local/bin/etcd" }],
      users: ["etcd"],
    });
    expect(etcd).toMatchObject({ dataDir: "/var/lib/etcd", clientPort: 2379 });
    expect(JSON.stringify(nodes.slice(3))).not.toContain("etcd");
  });

  test("has a batch for each node, and each node has an access", () => {
    const resources = resourcesOf(program());
    const { triggers } = resources.find(
      ({ path }) => path === "cluster/rollout",
    )!;
    expect(triggers.nodes).toBe("etcd-1, etcd-2, etcd-3, cp-1, cp-2");
    for (const { name } of THREE) {
      expect(triggers).toHaveProperty(`node ${name}`);
      expect(triggers).toHaveProperty(`check ${name}`);
      expect(triggers).toHaveProperty(`batch nodes/${name}`);
    }
    expect(
      resources
        .map(({ path }) => path)
        .filter((path) => path.endsWith("access")),
    ).toEqual([
      ...THREE.map(({ name }) => `cluster/etcd/${name}/access`),
      ...["cp-1", "cp-2"].map((name) => `cluster/${name}/access`),
    ]);
  });

  test("protects the quorum of the etcd hosts, not of the control-plane nodes", () => {
    const { lifecycle } = resourcesOf(program()).find(
      ({ path }) => path === "cluster/rollout",
    )!;
    expect(JSON.stringify(lifecycle)).toContain(
      JSON.stringify('contains(["etcd-1","etcd-2","etcd-3"], name)').slice(
        1,
        -1,
      ),
    );
  });

  test("runs etcd with the runtime of the cluster, or with its own", () => {
    const runtime = Runtime.systemd({
      binaryDirectory: "/opt/k8s",
      etcdUser: "root",
    });
    const binary = (of: Program) =>
      requestsOf(of).rollout.nodes.map(({ binaries }) => binaries?.[0].path);
    expect(binary(program({}, { runtime }))).toEqual([
      ...THREE.map(() => "/opt/k8s/etcd"),
      ...["cp-1", "cp-2"].map(() => "/opt/k8s/kube-apiserver"),
    ]);
    expect(binary(program({ runtime }))).toEqual([
      ...THREE.map(() => "/opt/k8s/etcd"),
      undefined,
      undefined,
    ]);
  });
});

test("EtcdCluster without a ControlPlane adds only the etcd hosts", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const store = new Store(stack, "store", { directory: "clusters/alone" });
  const ca = new CertificateAuthority(stack, "ca", { store, commonName: "ca" });
  const etcd = new EtcdCluster(stack, "etcd", {
    store,
    cluster: clusterProps(props()),
    authorities: { ca, "etcd-ca": ca },
  });
  expect([...etcd.certificatesOf("etcd-1").keys()]).toEqual([
    "etcd-server",
    "etcd-peer",
    "etcd-healthcheck-client",
  ]);
  expect(etcd.certificatesOf("cp-1").size).toBe(0);
});

test("warns of an even number of members, for any number of control-plane nodes", () => {
  const warnings = (nodes: object[]) =>
    warningsOf(program({ nodes: nodes as typeof THREE }));
  expect(warnings(THREE)).toEqual([]);
  expect(warnings(THREE.slice(1))).toEqual([
    expect.stringContaining("Use 1, 3 or 5 nodes of etcd."),
  ]);
  expect(warnings([...THREE, etcdNode(4, { retire: true })])).toEqual([]);
});

describe("fails", () => {
  test.each<[string, Parameters<typeof props>, ...string[]]>([
    ["without hosts", [{ nodes: [] }], "Etcd.dedicated() has no nodes"],
    [
      "with a runtime in which etcd would be a pod",
      [{ runtime: Runtime.staticPods() }],
      "runtime other than Runtime.systemd()",
    ],
    ["with an invalid version", [{ version: "latest" }], '"latest"'],
    [
      "when a host has the name of a control-plane node",
      [{ nodes: [etcdNode(1, { name: "cp-1" })] }],
      'Two nodes have the name "cp-1"',
    ],
    [
      "when a host has the address of a control-plane node",
      [{ nodes: [etcdNode(1, { address: "10.0.0.11" })] }],
      'Two nodes have the address "10.0.0.11"',
    ],
    [
      "when a host is also a control-plane node",
      [
        {
          nodes: [
            etcdNode(1, { access: NodeAccess.ssh({ host: "10.0.0.12" }) }),
          ],
        },
      ],
      'Two nodes have the access "10.0.0.12:22"',
    ],
    [
      "when a host has an invalid name",
      [{ nodes: [etcdNode(1, { name: "Etcd_1" })] }],
      '"Etcd_1" is not a valid name',
    ],
    [
      "when a host has an invalid address",
      [{ nodes: [etcdNode(1, { address: "10.0.0" })] }],
      'address of node etcd-1 "10.0.0"',
    ],
    [
      "when etcd is on hosts but control-plane nodes are in directories",
      [{}, { nodes: [node(1)] }],
      "cp-1, whose files stay in the store, and etcd-1",
    ],
    [
      "when all hosts are retired",
      [{ nodes: THREE.map((each) => ({ ...each, retire: true })) }],
      "All nodes of etcd have retire: true",
    ],
    [
      "when a host has an address in serviceSubnet",
      [{ nodes: [etcdNode(1, { address: "10.96.0.7" })] }],
      "the address 10.96.0.7 of node etcd-1 overlap",
    ],
    [
      "when other programs use the data directory",
      [{ dataDir: "/var/lib" }],
      '"/var/lib" is a directory that other programs use',
    ],
    [
      "when a file has an invalid path",
      [{ nodes: [etcdNode(1, { files: [{ path: "../x", text: "" }] })] }],
      '"../x"',
    ],
  ])("%s", (_, given, ...words) => {
    const stack = new TerraformStack(Testing.app(), "stack");
    expectHelpful(
      messageOf(
        () => new ControlPlane(stack, "cluster", clusterProps(props(...given))),
      ),
      ...words,
    );
  });

  test("when a worker has the name of a host", () => {
    expect(() =>
      artefactsOf(
        cluster(props(), (controlPlane) =>
          controlPlane.addWorkers("pool", {
            nodes: [{ ...controlPlaneNode(9), name: "etcd-1" }],
          }),
        ),
      ),
    ).toThrow('Two nodes have the name "etcd-1"');
  });
});

describe("an API server with a bindAddress", () => {
  const bound = (bindAddress: string) =>
    cluster({ nodes: [controlPlaneNode(1, { bindAddress })] });
  const commandOf = (of: Program): string[] =>
    yamlOf(
      artefactsOf(of).get(
        "nodes/cp-1/root/etc/kubernetes/manifests/kube-apiserver.yaml",
      )!,
    ).spec.containers[0].command;
  const healthOf = (of: Program) =>
    requestsOf(of).rollout.nodes[0].components.find(
      ({ name }) => name === "kube-apiserver",
    )?.health?.host;

  test("listens there, and its health is checked there", () => {
    expect(commandOf(bound("10.0.0.99"))).toContain("--bind-address=10.0.0.99");
    expect(healthOf(bound("10.0.0.99"))).toBe("10.0.0.99");
    expect(commandOf(bound("0.0.0.0"))).toContain("--bind-address=0.0.0.0");
    expect(healthOf(bound("0.0.0.0"))).toBe("10.0.0.11");
    expect(commandOf(cluster()).join()).not.toContain("--bind-address");
  });

  test.each([
    ["api.example.org", "is not an IP address"],
    ["127.0.0.1", "can be reached only from the node itself"],
    ["::", "a different IP family than serviceSubnet"],
  ])("fails with %s", (bindAddress, words) => {
    expect(() => artefactsOf(bound(bindAddress))).toThrow(words);
  });
});
