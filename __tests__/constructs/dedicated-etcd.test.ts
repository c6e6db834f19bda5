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

const etcdNode = (number: number, props: object = {}) => ({
  name: `etcd-${number}`,
  address: `10.0.0.3${number}`,
  access: NodeAccess.ssh({ host: `10.0.0.3${number}` }),
  ...props,
});
const THREE = [etcdNode(1), etcdNode(2), etcdNode(3)];
const master = (number: number, props: object = {}) =>
  node(number, {
    access: NodeAccess.ssh({ host: `10.0.0.1${number}` }),
    ...props,
  });

const props = (
  etcd: Partial<DedicatedEtcdProps> = {},
  more: Partial<ControlPlaneProps> = {},
): Partial<ControlPlaneProps> => ({
  nodes: [master(1), master(2)],
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

describe("a host of etcd's own", () => {
  test("has its unit and its certificates, and no key that signs", () => {
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

  test("speaks TLS to clients and peers, and knows all members", () => {
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

  test("has certificates with its own names, signed by etcd's authority", () => {
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

  test("has your files", () => {
    const files = [{ path: "/etc/motd", text: "hello" }];
    const nodes = [etcdNode(1, { files })];
    expect(treeOf(program({ nodes }), "etcd-1")).toContain("/etc/motd");
  });

  test("may have the cluster's authority sign for it", () => {
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

  test("has no member, and what its API server shows to etcd", () => {
    const files = treeOf(program(), "cp-1");
    expect(files.filter((path) => /etcd/.test(path))).toEqual([
      "/etc/kubernetes/pki/apiserver-etcd-client.crt",
      "/etc/kubernetes/pki/apiserver-etcd-client.key",
      "/etc/kubernetes/pki/etcd/ca.crt",
    ]);
  });

  test("has an API server that asks all members", () => {
    const pod = yamlOf(
      artefacts.get(
        "nodes/cp-1/root/etc/kubernetes/manifests/kube-apiserver.yaml",
      )!,
    );
    expect(pod.spec.containers[0].command).toContain(
      `--etcd-servers=${ENDPOINTS}`,
    );
  });

  test("has no etcd for its API server to wait for where both are units", () => {
    const units = artefactsOf(program({}, { runtime: Runtime.systemd() }));
    expect(
      units.get("nodes/cp-1/root/etc/systemd/system/kube-apiserver.service")!
        .spec,
    ).toContain("After=network-online.target\n");
  });

  test("is joined as one of a cluster whose etcd is external", () => {
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
  test("is one for all, etcd's hosts first", () => {
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

  test("has lines of a plan for each of them, and the ways to them", () => {
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

  test("keeps the quorum of etcd's hosts, not of those that run the control plane", () => {
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

  test("runs etcd as the cluster's other units, or as it says itself", () => {
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

test("EtcdCluster alone is the hosts of etcd, and nothing of the control plane", () => {
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

test("warns of an even number of members, whatever the number of masters", () => {
  const warningsOf = (nodes: object[]) => {
    const stack = new TerraformStack(Testing.app(), "stack");
    const { node: own } = new ControlPlane(
      stack,
      "cluster",
      clusterProps(props({ nodes: nodes as typeof THREE })),
    );
    return own.metadata.map(({ data }) => String(data));
  };
  expect(warningsOf(THREE)).toEqual([]);
  expect(warningsOf(THREE.slice(1))).toEqual([
    expect.stringContaining("Use 1, 3 or 5 nodes of etcd."),
  ]);
  expect(warningsOf([...THREE, etcdNode(4, { retire: true })])).toEqual([]);
});

describe("fails", () => {
  test.each<[string, Parameters<typeof props>, ...string[]]>([
    ["without hosts", [{ nodes: [] }], "Etcd.dedicated() has no nodes"],
    [
      "where etcd would be a pod",
      [{ runtime: Runtime.staticPods() }],
      "runtime other than Runtime.systemd()",
    ],
    ["where its version is none", [{ version: "latest" }], '"latest"'],
    [
      "where a host has a master's name",
      [{ nodes: [etcdNode(1, { name: "cp-1" })] }],
      'Two nodes have the name "cp-1"',
    ],
    [
      "where a host has a master's address",
      [{ nodes: [etcdNode(1, { address: "10.0.0.11" })] }],
      'Two nodes have the address "10.0.0.11"',
    ],
    [
      "where a host is a master's machine",
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
      "where a host has no name that could be one",
      [{ nodes: [etcdNode(1, { name: "Etcd_1" })] }],
      '"Etcd_1" is not a valid name',
    ],
    [
      "where a host's address is none",
      [{ nodes: [etcdNode(1, { address: "10.0.0" })] }],
      'the address of node etcd-1 "10.0.0"',
    ],
    [
      "where hosts are reached and masters are not",
      [{}, { nodes: [node(1)] }],
      "cp-1, whose files stay in the store, beside etcd-1",
    ],
    [
      "where all hosts leave",
      [{ nodes: THREE.map((each) => ({ ...each, retire: true })) }],
      "All nodes of etcd have retire: true",
    ],
    [
      "where a host's address is a service's",
      [{ nodes: [etcdNode(1, { address: "10.96.0.7" })] }],
      "the address 10.96.0.7 of node etcd-1 overlap",
    ],
    [
      "where the data would take a directory from others",
      [{ dataDir: "/var/lib" }],
      '"/var/lib" is not a directory of its own',
    ],
    [
      "where a file of a host is no plain path",
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

  test("where a worker has a host's name", () => {
    expect(() =>
      artefactsOf(
        cluster(props(), (controlPlane) =>
          controlPlane.addWorkers("pool", {
            nodes: [{ ...master(9), name: "etcd-1" }],
          }),
        ),
      ),
    ).toThrow('Two nodes have the name "etcd-1"');
  });
});

describe("an API server with an address of its own to listen at", () => {
  const bound = (bindAddress: string) =>
    cluster({ nodes: [master(1, { bindAddress })] });
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

  test("is told so, and asked there", () => {
    expect(commandOf(bound("10.0.0.99"))).toContain("--bind-address=10.0.0.99");
    expect(healthOf(bound("10.0.0.99"))).toBe("10.0.0.99");
    expect(commandOf(bound("0.0.0.0"))).toContain("--bind-address=0.0.0.0");
    expect(healthOf(bound("0.0.0.0"))).toBe("10.0.0.11");
    expect(commandOf(cluster()).join()).not.toContain("--bind-address");
  });

  test.each([
    ["api.example.org", "is not an IP address"],
    ["127.0.0.1", "is one that only the node itself reaches"],
    ["::", "of another family than serviceSubnet"],
  ])("fails where that is %s", (bindAddress, words) => {
    expect(() => artefactsOf(bound(bindAddress))).toThrow(words);
  });
});
