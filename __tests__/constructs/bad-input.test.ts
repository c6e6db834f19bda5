import { Fn, TerraformStack, Testing, Token } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  Duration,
  Etcd,
  KeyAlgorithm,
  Store,
} from "../../lib";
import { cluster, clusterProps, node, NODES } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { warningsOf } from "../support/warnings";

const stackOf = (name = "stack") => new TerraformStack(Testing.app(), name);

const controlPlane = (props: Partial<ControlPlaneProps>) =>
  new ControlPlane(stackOf(), "cluster", clusterProps(props));

type Case = [
  what: string,
  props: Partial<ControlPlaneProps>,
  ...parts: string[],
];

const token = Token.asString(Fn.file("x"));
const file = (each: object) => ({
  nodes: [node(1, { files: [{ path: "/a", ...each }] })],
});

const NAMES: Case[] = [
  ["a blank in a cluster's name", { clusterName: "a b" }, '"a b"', "letters"],
  ["a dot at the end of a cluster's name", { clusterName: "a." }, '"a."'],
  [
    "a cluster's name that leads out of the folder",
    { clusterName: "../x" },
    '"../x"',
  ],
  [
    "a shell expression in a cluster's name",
    { clusterName: "$(id)" },
    '"$(id)"',
  ],
  [
    "a cluster's name that is a token",
    { clusterName: token },
    "(a token",
    "literal",
  ],
  ["an empty cluster's name", { clusterName: "" }, '""'],
  [
    "upper case in a node's name",
    { nodes: [node(1, { name: "CP" })] },
    '"CP"',
    "RFC 1123",
  ],
  [
    "a shell character in a node's name",
    { nodes: [node(1, { name: "a;b" })] },
    '"a;b"',
  ],
  [
    "a YAML character in a node's name",
    { nodes: [node(1, { name: "a: b" })] },
    '"a: b"',
  ],
  [
    "a line break in a node's name",
    { nodes: [node(1, { name: "a\nb" })] },
    '"a\\nb"',
  ],
  ["a path as a node's name", { nodes: [node(1, { name: ".." })] }, '".."'],
  [
    "an IPv6 address as a node's name",
    { nodes: [node(1, { name: "fd00::1" })] },
    '"fd00::1"',
  ],
  [
    "a long label in a node's name",
    { nodes: [node(1, { name: "a".repeat(64) })] },
    "aaaa",
    "63",
  ],
  [
    "a node's name that is a token",
    { nodes: [node(1, { name: token })] },
    "(a token",
    "literal",
  ],
  [
    "two nodes with the same name",
    { nodes: [node(1), node(2, { name: "cp-1" })] },
    '"cp-1"',
  ],
  [
    "two nodes with the same address",
    { nodes: [node(1), node(2, { address: "10.0.0.11" })] },
    '"10.0.0.11"',
  ],
  [
    "a name as a node's address",
    { nodes: [node(1, { address: "host" })] },
    '"host"',
    "cp-1",
  ],
  [
    "an address with a port",
    { nodes: [node(1, { address: "10.0.0.1:22" })] },
    '"10.0.0.1:22"',
  ],
  [
    "an address in brackets",
    { nodes: [node(1, { address: "[fd00::1]" })] },
    '"[fd00::1]"',
  ],
  [
    "an invalid further address",
    { nodes: [node(1, { addresses: ["x"] })] },
    '"x"',
  ],
  ["no nodes", { nodes: [] }, "nodes is empty"],
  [
    "an invalid DNS domain",
    { dnsDomain: "cluster_local" },
    '"cluster_local"',
    "dnsDomain",
  ],
  ["an invalid name in certSans", { certSans: ["a b"] }, '"a b"', "certSans"],
  ["two wildcards in certSans", { certSans: ["*.*.x"] }, '"*.*.x"'],
  [
    "an invalid name in etcd's serverCertSans",
    { etcd: Etcd.stacked({ serverCertSans: ["a b"] }) },
    "etcd.serverCertSans",
    '"a b"',
  ],
  [
    "an invalid name in etcd's peerCertSans",
    { etcd: Etcd.stacked({ peerCertSans: ["a'b"] }) },
    "etcd.peerCertSans",
  ],
  [
    "an invalid label key",
    { nodes: [node(1, { labels: { "a b": "c" } })] },
    '"a b=c"',
    "cp-1",
  ],
  [
    "an invalid label value",
    { nodes: [node(1, { labels: { a: "b;c" } })] },
    '"a=b;c"',
  ],
  [
    "an invalid taint",
    { nodes: [node(1, { taints: [{ key: "a", effect: "No" as never }] })] },
    'effect is the string "No"',
    "NoExecute",
  ],
];

const NETWORKS: Case[] = [
  [
    "a subnet without a prefix length",
    { podSubnet: "10.244.0.0" },
    '"10.244.0.0"',
    "podSubnet",
  ],
  [
    "a subnet with an invalid address",
    { podSubnet: "10.244.0/16" },
    '"10.244.0/16"',
  ],
  [
    "a subnet with an invalid prefix length",
    { podSubnet: "10.0.0.0/33" },
    '"10.0.0.0/33"',
  ],
  ["a subnet that is a token", { podSubnet: token }, "(a token", "literal"],
  [
    "two subnets of the same IP family",
    { podSubnet: "10.1.0.0/16,10.2.0.0/16" },
    "10.1.0.0/16,10.2.0.0/16",
  ],
  ["an empty serviceSubnet", { serviceSubnet: "" }, "serviceSubnet"],
  [
    "a serviceSubnet that is too small for the cluster DNS",
    { serviceSubnet: "10.96.0.0/30" },
    "10.96.0.0/30",
    "/12 to /28",
  ],
  [
    "a serviceSubnet that is too large",
    { serviceSubnet: "10.0.0.0/8" },
    "10.0.0.0/8",
  ],
  [
    "a podSubnet that is smaller than a node's block",
    { podSubnet: "10.244.0.0/25" },
    "10.244.0.0/25",
    "/24",
  ],
  [
    "overlapping subnets",
    { podSubnet: "10.96.0.0/16" },
    "podSubnet 10.96.0.0/16",
    "serviceSubnet 10.96.0.0/12",
  ],
  [
    "a node address in serviceSubnet",
    { nodes: [node(1, { address: "10.96.0.5" })] },
    "10.96.0.5",
    "10.96.0.0/12",
  ],
  [
    "one IP family for pods and two for services",
    { serviceSubnet: "10.96.0.0/12,fd00::/112" },
    "10.244.0.0/16",
    "fd00::/112",
  ],
  [
    "a node address of another IP family than serviceSubnet",
    { nodes: [node(1, { address: "fd01::1" })] },
    '"fd01::1"',
    "10.96.0.0/12",
  ],
  ["port 0", { nodes: [node(1, { bindPort: 0 })] }, "bindPort", "0", "65535"],
  ["a port beyond 65535", { nodes: [node(1, { bindPort: 65536 })] }, "65536"],
  ["a fractional port", { nodes: [node(1, { bindPort: 1.5 })] }, "1.5"],
  [
    "an endpoint without a port",
    { endpoint: "api.example.org" },
    '"api.example.org"',
  ],
  [
    "an endpoint with an invalid port",
    { endpoint: "api:99999" },
    '"api:99999"',
  ],
  [
    "an endpoint that is a URL",
    { endpoint: "https://api:6443" },
    '"https://api:6443"',
  ],
  [
    "an IPv6 endpoint without brackets",
    { endpoint: "fd00::1:6443" },
    '"fd00::1:6443"',
    "brackets",
  ],
  ["a name in brackets", { endpoint: "[api]:6443" }, '"[api]:6443"'],
  [
    "an endpoint with an invalid IPv4 address",
    { endpoint: "10.0.0.256:6443" },
    "10.0.0.256",
  ],
  [
    "an endpoint that is a token without a port",
    { endpoint: token },
    "(a token",
    "port",
  ],
  ["an endpoint with shell characters", { endpoint: "a`id`:6443" }, "a`id`"],
  [
    "several nodes without an endpoint",
    { nodes: NODES, endpoint: undefined },
    "3 nodes",
    "endpoint",
  ],
];

const VERSIONS_AND_FLAGS: Case[] = [
  [
    "a version without a patch number",
    { kubernetesVersion: "1.36" },
    '"1.36"',
    "1.36.3",
  ],
  ["an old version", { kubernetesVersion: "1.21.14" }, '"1.21.14"', "1.33"],
  [
    "a version that does not exist yet",
    { kubernetesVersion: "1.99.0" },
    '"1.99.0"',
    "1.37",
  ],
  ["a version that is a label", { kubernetesVersion: "latest" }, '"latest"'],
  [
    "a version that is a token",
    { kubernetesVersion: token },
    "(a token",
    "literal",
  ],
  [
    "a key algorithm that Kubernetes does not support",
    { keyAlgorithm: KeyAlgorithm.ED25519 },
    "Ed25519",
    "ECDSA-P256",
  ],
  [
    "a flag with dashes",
    { apiServer: { extraArgs: { "--v": "4" } } },
    '"--v"',
    "apiServer.extraArgs",
  ],
  [
    "a shell character in the name of a flag",
    { scheduler: { extraArgs: { "v;id": "4" } } },
    '"v;id"',
  ],
  [
    "a control character in a kubelet flag",
    { kubelet: { extraArgs: { v: "\u001b[2J" } } },
    "kubelet.extraArgs has --v",
    "control character",
  ],
  [
    "a control character in a kubelet flag of one node",
    { nodes: [node(1, { kubeletExtraArgs: { "node-labels": "a=b\r" } })] },
    "kubeletExtraArgs of node cp-1 has --node-labels",
    "kubelet.config",
  ],
  [
    "a NUL in a flag",
    { apiServer: { extraArgs: { "api-audiences": ["b", "c\0"] } } },
    "apiServer.extraArgs has --api-audiences",
    "NUL",
  ],
  [
    "a flag that is too long for Linux",
    { scheduler: { extraArgs: { config: "ü".repeat(64 * 1024) } } },
    "scheduler.extraArgs has --config with a value of 129 KiB",
    "128 KiB",
  ],
  [
    "a variable that is too long for Linux",
    {
      apiServer: {
        extraEnvs: [{ name: "A", value: "x".repeat(128 * 1024 - 2) }],
      },
    },
    "apiServer.extraEnvs has A with a value of 129 KiB",
    "128 KiB",
  ],
  [
    "a NUL in a variable",
    { scheduler: { extraEnvs: [{ name: "A", value: "\0" }] } },
    "scheduler.extraEnvs has A",
    "NUL",
  ],
  [
    "a removed flag of the API server",
    { apiServer: { extraArgs: { "insecure-port": "0" } } },
    "--insecure-port",
    "1.36.3",
  ],
  [
    "a removed flag of kubelet",
    { kubelet: { extraArgs: { "container-runtime": "remote" } } },
    "--container-runtime",
    "kubelet.extraArgs",
  ],
  [
    "a removed kubelet flag of one node",
    {
      nodes: [node(1, { kubeletExtraArgs: { "container-runtime": "remote" } })],
    },
    "--container-runtime",
    "cp-1",
  ],
  [
    "certificates that outlive their CA",
    {
      certificateValidity: Duration.days(10),
      caCertificateValidity: Duration.days(9),
    },
    "240h",
    "216h",
  ],
  [
    "a CA that would be valid after the year 9999",
    { caCertificateValidity: Duration.days(3_000_000) },
    "72000000h",
    "2562047h",
  ],
];

const PATHS: Case[] = [
  [
    "a relative certificatesDir",
    { certificatesDir: "pki" },
    '"pki"',
    "certificatesDir",
  ],
  [
    "a certificatesDir with ..",
    { certificatesDir: "/etc/../pki" },
    '"/etc/../pki"',
  ],
  [
    "an invalid data directory of etcd",
    { etcd: Etcd.stacked({ dataDir: "/var/lib/etcd;rm" }) },
    "etcd.dataDir",
  ],
  [
    "a shell expression in an image name",
    { imageRepository: "registry $(id)" },
    '"registry $(id)"',
    "imageRepository",
  ],
  [
    "an invalid image tag",
    { etcd: Etcd.stacked({ image: { tag: "3.6 0" } }) },
    "etcd.image.tag",
  ],
  [
    "a file at a relative path",
    file({ path: "audit.yaml", text: "" }),
    '"audit.yaml"',
    "absolute",
  ],
  [
    "a file at a path with ..",
    file({ path: "/../../x", text: "" }),
    '"/../../x"',
  ],
  [
    "a file at a path that is a token",
    file({ path: `/${token}`, text: "" }),
    "(a token",
    "literal",
  ],
  ["a file with neither text nor source", file({}), '"/a"', "text", "source"],
  [
    "a file with both text and source",
    file({ text: "", source: "package.json" }),
    '"/a"',
  ],
  [
    "a file whose source is missing",
    file({ source: "no/such/file" }),
    '"no/such/file"',
  ],
  ["a file whose source is a folder", file({ source: "lib" }), '"lib"'],
  [
    "a file with a symbolic mode",
    file({ text: "", mode: "rw-" }),
    '"rw-"',
    "0644",
  ],
  [
    "a file with a mode that is not octal",
    file({ text: "", mode: "0689" }),
    '"0689"',
  ],
  [
    "a file with an owner but no group",
    file({ text: "", owner: "root" }),
    '"root"',
    "root:root",
  ],
  [
    "the same file twice",
    {
      nodes: [
        node(1, {
          files: [
            { path: "/a/b", text: "" },
            { path: "/a/b", text: "" },
          ],
        }),
      ],
    },
    '"/a/b"',
    "twice",
  ],
  [
    "a file at the path of a folder",
    {
      nodes: [
        node(1, {
          files: [
            { path: "/a", text: "" },
            { path: "/a/b", text: "" },
          ],
        }),
      ],
    },
    "/a/b",
    "belongs to",
  ],
  [
    "a file at the path of a certificate",
    file({ path: "/etc/kubernetes/pki/ca.crt", text: "" }),
    "pki/ca.crt",
    "belongs to",
  ],
];

const EXTERNAL_ETCD: Case[] = [
  ["no endpoints", { etcd: Etcd.external({ endpoints: [] }) }, "endpoint"],
  [
    "an endpoint without a scheme",
    { etcd: Etcd.external({ endpoints: ["etcd:2379"] }) },
    '"etcd:2379"',
    "https://",
  ],
  [
    "an endpoint with a path",
    { etcd: Etcd.external({ endpoints: ["https://etcd:2379/x"] }) },
    "etcd:2379/x",
  ],
  [
    "an http:// endpoint with TLS files",
    {
      etcd: Etcd.external({
        endpoints: ["http://etcd:2379"],
        caFile: "/ca",
        certFile: "/crt",
        keyFile: "/key",
      }),
    },
    '"http://etcd:2379"',
  ],
  [
    "a certificate without its key",
    {
      etcd: Etcd.external({
        endpoints: ["https://etcd:2379"],
        caFile: "/ca",
        certFile: "/crt",
      }),
    },
    "keyFile",
  ],
  [
    "a relative path",
    { etcd: Etcd.external({ endpoints: ["https://etcd:2379"], caFile: "ca" }) },
    '"ca"',
  ],
];

describe.each([
  ["a name", NAMES],
  ["a network", NETWORKS],
  ["a version or a flag", VERSIONS_AND_FLAGS],
  ["a path", PATHS],
  ["an external etcd", EXTERNAL_ETCD],
])(
  "%s that is not valid is refused, with its value and what to write instead",
  (_, cases) => {
    test.each(cases)("fails with %s", (_, props, ...parts) => {
      expectHelpful(
        messageOf(() => controlPlane(props as Partial<ControlPlaneProps>)),
        ...parts,
      );
    });
  },
);

describe("accepted props:", () => {
  test.each<[string, Partial<ControlPlaneProps>]>([
    [
      "tokens as addresses and names",
      {
        nodes: [node(1, { address: token })],
        certSans: [token],
        endpoint: `${token}:6443`,
      },
    ],
    ["an IPv6 endpoint in brackets", { endpoint: "[fd00::1]:6443" }],
    ["an endpoint by address", { endpoint: "10.0.0.1:443" }],
    [
      "a wildcard in certSans",
      { certSans: ["*.example.org", "10.0.0.1", "fd00::1"] },
    ],
    [
      "dual stack",
      {
        podSubnet: "10.244.0.0/16,fd01::/56",
        serviceSubnet: "10.96.0.0/16,fd00::/112",
      },
    ],
    [
      "IPv6 alone",
      {
        nodes: [node(1, { address: "fd02::1" })],
        podSubnet: "fd01::/56",
        serviceSubnet: "fd00::/112",
      },
    ],
    ["a leading v", { kubernetesVersion: "v1.35.4" }],
    [
      "paths that differ only in their separators",
      {
        nodes: [
          node(1, {
            files: [
              { path: "/a/b", text: "" },
              { path: "/a-b", text: "" },
            ],
          }),
        ],
      },
    ],
    [
      "labels in the format of Kubernetes",
      {
        nodes: [
          node(1, {
            labels: { "topology.kubernetes.io/zone": "eu-1_a.b", x: "" },
          }),
        ],
      },
    ],
  ])("%s", (_, props) => {
    expect(() => controlPlane(props)).not.toThrow();
  });
});

describe("a store", () => {
  test.each([
    ["is the working directory", "."],
    ["has no name", ""],
    ["contains the working directory", ".."],
    ["is the root", "/"],
    ["is known only at apply", `clusters/${token}`],
  ])("fails when it %s", (_, directory) => {
    expectHelpful(
      messageOf(() => new Store(stackOf(), "store", { directory })),
      "cannot be the folder of a store",
      "clusters/example",
    );
  });

  test("fails when two clusters use it", () => {
    const stack = stackOf();
    new ControlPlane(stack, "one", clusterProps());

    expectHelpful(
      messageOf(() => new ControlPlane(stack, "two", clusterProps())),
      "clusters/test",
      "stack/one",
      "stack/two",
      "clusterName",
    );
  });

  test("fails when clusters of two stacks use it, however its path is written", () => {
    const app = Testing.app();
    new ControlPlane(new TerraformStack(app, "a"), "one", clusterProps());

    expectHelpful(
      messageOf(
        () =>
          new ControlPlane(
            new TerraformStack(app, "b"),
            "two",
            clusterProps({ outputDirectory: "./x/../clusters" }),
          ),
      ),
      "a/one",
      "b/two",
    );
  });

  test("fails when a construct of another stack uses it", () => {
    const app = Testing.app();
    const { certificateAuthority } = new ControlPlane(
      new TerraformStack(app, "a"),
      "cluster",
      clusterProps(),
    );

    expectHelpful(
      messageOf(
        () =>
          new Certificate(new TerraformStack(app, "b"), "certificate", {
            certificateAuthority,
            commonName: "x",
            usages: ["clientAuth"],
          }),
      ),
      "stack b",
      "stack a",
    );
  });

  test.each(["../outside", "/etc/passwd", "a/../../b", "a b", "a\nb"])(
    "fails when a certificate has the path %j",
    (path) => {
      const stack = stackOf();
      const store = new Store(stack, "store", { directory: "secrets" });
      const certificateAuthority = new CertificateAuthority(stack, "ca", {
        store,
        commonName: "ca",
      });

      expectHelpful(
        messageOf(
          () =>
            new Certificate(stack, "certificate", {
              certificateAuthority,
              commonName: "x",
              usages: ["clientAuth"],
              path,
            }),
        ),
        `"${path}.crt"`,
        "secrets",
      );
    },
  );

  test("fails when a control plane gets a CA from another store", () => {
    const stack = stackOf();
    const store = new Store(stack, "store", { directory: "secrets" });
    const certificateAuthority = new CertificateAuthority(stack, "ca", {
      store,
      commonName: "ca",
    });

    expectHelpful(
      messageOf(
        () =>
          new ControlPlane(
            stack,
            "cluster",
            clusterProps({ certificateAuthority }),
          ),
      ),
      "secrets",
      "clusters/test",
    );
  });
});

describe("a user", () => {
  test.each(["", "../jane", "jane doe", "jane;id", ".jane", "jäne", token])(
    "fails when the name is %j",
    (name) => {
      expectHelpful(
        messageOf(() => controlPlane({}).addUser(name)),
        name === token ? "(a token" : JSON.stringify(name),
        "letters, digits",
      );
    },
  );

  test.each(["jane", "admin"])("fails when %s exists already", (name) => {
    const cluster = controlPlane({});
    cluster.addUser("jane");

    expectHelpful(
      messageOf(() => cluster.addUser(name)),
      `"${name}"`,
    );
  });
});

test.each([
  ["zero", () => Duration.days(0)],
  ["negative", () => Duration.hours(-1)],
  ["not a number", () => Duration.days(Number.NaN)],
  ["a text in days", () => Duration.parse("1d")],
  ["an empty text", () => Duration.parse("")],
])("fails when a duration is %s", (_, duration) => {
  expectHelpful(messageOf(duration), "is not a duration", "8760h");
});

test("fails when a key algorithm is unknown", () => {
  expectHelpful(
    messageOf(() => KeyAlgorithm.of("RSA-1024")),
    '"RSA-1024"',
    "RSA-2048",
  );
});

describe("a warning", () => {
  const warnings = (props: Partial<ControlPlaneProps>) =>
    warningsOf(cluster(props));

  test("is given for an even number of etcd members", () => {
    expect(warnings({ nodes: NODES.slice(0, 2) })).toEqual([
      expect.stringMatching(/^2 etcd members .* Use 1, 3 or 5/),
    ]);
  });

  test.each<[string, Partial<ControlPlaneProps>, string]>([
    [
      "of the API server",
      { apiServer: { extraArgs: { "secure-port": "1" } } },
      "bindPort",
    ],
    [
      "of the controller manager",
      { controllerManager: { extraArgs: { "cluster-cidr": "x" } } },
      "podSubnet",
    ],
    [
      "of etcd",
      { etcd: Etcd.stacked({ extraArgs: { "data-dir": "/x" } }) },
      "etcd.dataDir",
    ],
  ])(
    "is given for a flag %s that overrides a prop, and names both",
    (_, props, prop) => {
      const [warning, ...more] = warnings(props);
      expect(more).toEqual([]);
      expect(warning).toContain(prop);
      expect(warning).toMatch(/extraArgs has "[\w-]+", which overrides/);
    },
  );

  test("is not given for other flags and an external etcd", () => {
    expect(warnings({ nodes: NODES })).toEqual([]);
    expect(
      warnings({
        nodes: NODES.slice(0, 2),
        etcd: Etcd.external({ endpoints: ["http://etcd:2379"] }),
      }),
    ).toEqual([]);
  });
});
