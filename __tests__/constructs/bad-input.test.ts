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
import { clusterProps, node, NODES } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

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
  [
    "upper case in a cluster's name",
    { clusterName: "Test" },
    '"Test"',
    "lower case",
  ],
  ["an underscore in a cluster's name", { clusterName: "a_b" }, '"a_b"'],
  [
    "a cluster's name that leaves the folder",
    { clusterName: "../x" },
    '"../x"',
  ],
  ["a cluster's name for a shell", { clusterName: "$(id)" }, '"$(id)"'],
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
    "a shell's characters in a node's name",
    { nodes: [node(1, { name: "a;b" })] },
    '"a;b"',
  ],
  [
    "YAML's characters in a node's name",
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
    "an address as a node's name",
    { nodes: [node(1, { name: "10.0.0.1" })] },
    '"10.0.0.1"',
  ],
  [
    "a long label in a node's name",
    { nodes: [node(1, { name: "a".repeat(64) })] },
    "aaaa",
    "253",
  ],
  [
    "a node's name that is a token",
    { nodes: [node(1, { name: token })] },
    "(a token",
    "literal",
  ],
  [
    "two nodes of one name",
    { nodes: [node(1), node(2, { name: "cp-1" })] },
    '"cp-1"',
  ],
  [
    "two nodes of one address",
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
    "a further address that is none",
    { nodes: [node(1, { addresses: ["x"] })] },
    '"x"',
  ],
  ["no nodes", { nodes: [] }, "nodes is empty"],
  [
    "a bad DNS domain",
    { dnsDomain: "cluster_local" },
    '"cluster_local"',
    "dnsDomain",
  ],
  ["a bad name in certSans", { certSans: ["a b"] }, '"a b"', "certSans"],
  ["two wildcards in certSans", { certSans: ["*.*.x"] }, '"*.*.x"'],
  [
    "a bad name in etcd's names",
    { etcd: Etcd.stacked({ serverCertSans: ["a b"] }) },
    "etcd.serverCertSans",
    '"a b"',
  ],
  [
    "a bad name in etcd's peers' names",
    { etcd: Etcd.stacked({ peerCertSans: ["a'b"] }) },
    "etcd.peerCertSans",
  ],
  [
    "a label's key that is none",
    { nodes: [node(1, { labels: { "a b": "c" } })] },
    '"a b=c"',
    "cp-1",
  ],
  [
    "a label's value that is none",
    { nodes: [node(1, { labels: { a: "b;c" } })] },
    '"a=b;c"',
  ],
  [
    "a taint that is none",
    { nodes: [node(1, { taints: [{ key: "a", effect: "No" as never }] })] },
    'effect is the string "No"',
    "NoExecute",
  ],
];

const NETWORKS: Case[] = [
  [
    "a subnet without its size",
    { podSubnet: "10.244.0.0" },
    '"10.244.0.0"',
    "podSubnet",
  ],
  ["a subnet of no addresses", { podSubnet: "10.244.0/16" }, '"10.244.0/16"'],
  ["a subnet that is too long", { podSubnet: "10.0.0.0/33" }, '"10.0.0.0/33"'],
  ["a subnet that is a token", { podSubnet: token }, "(a token", "literal"],
  [
    "two subnets of one family",
    { podSubnet: "10.1.0.0/16,10.2.0.0/16" },
    "10.1.0.0/16,10.2.0.0/16",
  ],
  ["no services' subnet", { serviceSubnet: "" }, "serviceSubnet"],
  [
    "a services' subnet too small for its DNS",
    { serviceSubnet: "10.96.0.0/30" },
    "10.96.0.0/30",
    "/12 to /28",
  ],
  [
    "a services' subnet too large",
    { serviceSubnet: "10.0.0.0/8" },
    "10.0.0.0/8",
  ],
  [
    "a pods' subnet smaller than a node's",
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
    "a node among the services",
    { nodes: [node(1, { address: "10.96.0.5" })] },
    "10.96.0.5",
    "10.96.0.0/12",
  ],
  [
    "pods of one family and services of two",
    { serviceSubnet: "10.96.0.0/12,fd00::/112" },
    "10.244.0.0/16",
    "fd00::/112",
  ],
  [
    "a node of another family than its services",
    { nodes: [node(1, { address: "fd01::1" })] },
    '"fd01::1"',
    "10.96.0.0/12",
  ],
  ["port 0", { nodes: [node(1, { bindPort: 0 })] }, "bindPort", "0", "65535"],
  ["a port beyond 65535", { nodes: [node(1, { bindPort: 65536 })] }, "65536"],
  ["half a port", { nodes: [node(1, { bindPort: 1.5 })] }, "1.5"],
  [
    "an endpoint without port",
    { endpoint: "api.example.org" },
    '"api.example.org"',
  ],
  ["an endpoint with a bad port", { endpoint: "api:99999" }, '"api:99999"'],
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
  ["a bad IPv4 endpoint", { endpoint: "10.0.0.256:6443" }, "10.0.0.256"],
  [
    "an endpoint that is a token and has no port",
    { endpoint: token },
    "(a token",
    "port",
  ],
  [
    "an endpoint with a shell's characters",
    { endpoint: "a`id`:6443" },
    "a`id`",
  ],
  [
    "several nodes without endpoint",
    { nodes: NODES, endpoint: undefined },
    "3 nodes",
    "endpoint",
  ],
];

const VERSIONS_AND_FLAGS: Case[] = [
  ["a minor without patch", { kubernetesVersion: "1.36" }, '"1.36"', "1.36.3"],
  ["an old version", { kubernetesVersion: "1.21.14" }, '"1.21.14"', "1.33"],
  [
    "a version that is not there yet",
    { kubernetesVersion: "1.99.0" },
    '"1.99.0"',
    "1.37",
  ],
  ["no version", { kubernetesVersion: "latest" }, '"latest"'],
  [
    "a version that is a token",
    { kubernetesVersion: token },
    "(a token",
    "literal",
  ],
  [
    "a key algorithm that Kubernetes doesn't take",
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
    "a flag for a shell",
    { scheduler: { extraArgs: { "v;id": "4" } } },
    '"v;id"',
  ],
  [
    "a control character in a flag of the kubelet",
    { kubelet: { extraArgs: { v: "\u001b[2J" } } },
    "kubelet.extraArgs has --v",
    "control character",
  ],
  [
    "a control character in a flag of one kubelet",
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
    "scheduler.extraArgs has --config with 129 KiB",
    "128 KiB",
  ],
  [
    "a variable that is too long for Linux",
    {
      apiServer: {
        extraEnvs: [{ name: "A", value: "x".repeat(128 * 1024 - 2) }],
      },
    },
    "apiServer.extraEnvs has A with 129 KiB",
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
    "a removed flag of the kubelet",
    { kubelet: { extraArgs: { "container-runtime": "remote" } } },
    "--container-runtime",
    "kubelet.extraArgs",
  ],
  [
    "a removed flag of one kubelet",
    {
      nodes: [node(1, { kubeletExtraArgs: { "container-runtime": "remote" } })],
    },
    "--container-runtime",
    "cp-1",
  ],
  [
    "certificates that outlive their authority",
    {
      certificateValidity: Duration.days(10),
      caCertificateValidity: Duration.days(9),
    },
    "240h",
    "216h",
  ],
  [
    "an authority that would be valid after the year 9999",
    { caCertificateValidity: Duration.days(3_000_000) },
    "72000000h",
    "2562047h",
  ],
];

const PATHS: Case[] = [
  [
    "a relative directory of certificates",
    { certificatesDir: "pki" },
    '"pki"',
    "certificatesDir",
  ],
  [
    "a directory of certificates that leaves",
    { certificatesDir: "/etc/../pki" },
    '"/etc/../pki"',
  ],
  [
    "a bad directory of etcd's data",
    { etcd: Etcd.stacked({ dataDir: "/var/lib/etcd;rm" }) },
    "etcd.dataDir",
  ],
  [
    "an image's name for a shell",
    { imageRepository: "registry $(id)" },
    '"registry $(id)"',
    "imageRepository",
  ],
  [
    "a bad image's tag",
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
    "a file at a path that leaves",
    file({ path: "/../../x", text: "" }),
    '"/../../x"',
  ],
  [
    "a file at a path that is a token",
    file({ path: `/${token}`, text: "" }),
    "(a token",
    "literal",
  ],
  ["a file of neither text nor source", file({}), '"/a"', "text", "source"],
  [
    "a file of both text and source",
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
    "a file of a strange mode",
    file({ text: "", mode: "rw-" }),
    '"rw-"',
    "0644",
  ],
  [
    "a file of a mode that isn't octal",
    file({ text: "", mode: "0689" }),
    '"0689"',
  ],
  [
    "a file of half an owner",
    file({ text: "", owner: "root" }),
    '"root"',
    "root:root",
  ],
  [
    "one file twice",
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
    "a file in the place of a folder",
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
    "a file in the place of a certificate",
    file({ path: "/etc/kubernetes/pki/ca.crt", text: "" }),
    "pki/ca.crt",
    "belongs to",
  ],
];

const EXTERNAL_ETCD: Case[] = [
  ["no endpoints", { etcd: Etcd.external({ endpoints: [] }) }, "endpoint"],
  [
    "an endpoint without scheme",
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
    "no TLS where there are files for it",
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
])("%s is refused with its value and what to write instead", (_, cases) => {
  test.each(cases)("fails when there is %s", (_, props, ...parts) => {
    expectHelpful(
      messageOf(() => controlPlane(props as Partial<ControlPlaneProps>)),
      ...parts,
    );
  });
});

describe("what is allowed stays allowed:", () => {
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
      "paths that differ by what separates them",
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
      "labels as Kubernetes has them",
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
    ["holds the working directory", ".."],
    ["is the root", "/"],
    ["is known only at apply", `clusters/${token}`],
  ])("fails when it %s", (_, directory) => {
    expectHelpful(
      messageOf(() => new Store(stackOf(), "store", { directory })),
      "cannot be the folder of a store",
      "clusters/example",
    );
  });

  test("fails when two clusters share it", () => {
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

  test("fails when clusters of two stacks share it, however its path is written", () => {
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

  test("fails when something of another stack is to be in it", () => {
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
    "fails when a certificate is to be at %j in it",
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

  test("fails when an authority of another one is to sign", () => {
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

  test.each(["jane", "admin"])("fails when %s is there already", (name) => {
    const cluster = controlPlane({});
    cluster.addUser("jane");

    expectHelpful(
      messageOf(() => cluster.addUser(name)),
      `"${name}"`,
    );
  });
});

test.each([
  ["nothing", () => Duration.days(0)],
  ["less than nothing", () => Duration.hours(-1)],
  ["no number", () => Duration.days(Number.NaN)],
  ["days as text", () => Duration.parse("1d")],
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
    controlPlane(props)
      .node.metadata.filter(({ type }) => type === "@cdktf/warn")
      .map(({ data }) => data as string);

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
    "is given for an argument %s that overrides a prop, and names both",
    (_, props, prop) => {
      const [warning, ...more] = warnings(props);
      expect(more).toEqual([]);
      expect(warning).toContain(prop);
      expect(warning).toMatch(/extraArgs has "[\w-]+", which overrides/);
    },
  );

  test("is not given otherwise", () => {
    expect(warnings({ nodes: NODES })).toEqual([]);
    expect(
      warnings({
        nodes: NODES.slice(0, 2),
        etcd: Etcd.external({ endpoints: ["http://etcd:2379"] }),
      }),
    ).toEqual([]);
  });
});
