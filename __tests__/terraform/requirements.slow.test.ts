import { TerraformOutput, type TerraformStack, TerraformVariable } from "cdktf";
import {
  type ControlPlane,
  type ControlPlaneProps,
  Endpoint,
  NodeAccess,
} from "../../lib";
import * as patterns from "../../lib/constructs/patterns";
import { code, quote } from "../../lib/terraform/expression";
import { textTemplate } from "../../lib/terraform/template";
import { cluster, node, STORE } from "../support/cluster";
import { HOSTILE } from "../support/hostile-words";
import { Machine } from "../support/machine";
import { Deployment, NOTHING } from "../support/terraform";

/** Gives a text that Terraform knows only at apply. */
type Later = (text: string) => string;

/** A program with texts that Terraform knows only at apply. */
const laterProgram =
  (
    props: (later: Later) => Partial<ControlPlaneProps>,
    use: (controlPlane: ControlPlane, later: Later) => void = () => {},
  ) =>
  (stack: TerraformStack) => {
    let count = 0;
    const later: Later = (text) =>
      new Machine(stack, `machine-${++count}`, text).address;
    cluster(props(later), (controlPlane) => use(controlPlane, later))(stack);
  };

/** The files of a store that are not those of its authorities, which depend on no such text. */
const madeIn = (deployment: Deployment) =>
  deployment
    .files(STORE)
    .filter(
      (path) =>
        !/^(pki|\.stamps\/pki|\.lock|\.gitignore|inventory\.json)/.test(path),
    );

type Case = [
  what: string,
  props: (later: Later) => Partial<ControlPlaneProps>,
  ...messages: string[],
];

const ADDRESS = "Allowed is IPv4 or IPv6 without brackets, zone and port";
const endpoint = (host: string) => (later: Later) => ({
  endpoint: `${later(host)}:6443`,
});
const sans = (...names: string[]) => ({
  certSans: names,
});
const ofNode = (props: Parameters<typeof node>[1]) => ({
  nodes: [node(1, props)],
});

describe.each<Case>([
  [
    "addresses of a node",
    (later) => ({
      nodes: [
        node(1, { address: later("10.0.0.11/24") }),
        node(2, { address: later("host.example.org") }),
        node(3, { address: later("0.0.0.0"), addresses: [later("fe80::1")] }),
        node(4, { address: later("127.0.0.1") }),
        node(5, { address: later("fd00::5") }),
        node(6, { address: later("10.244.1.1") }),
        node(7, { addresses: [later("[fd00::7]"), later("::ffff:10.0.0.7")] }),
      ],
    }),
    `the address of node cp-1 "10.0.0.11/24" is not an IP address. ${ADDRESS}`,
    'the address of node cp-2 "host.example.org" is not an IP address.',
    "the address of node cp-3 is 0.0.0.0, which stands for all addresses of a host.",
    "the address of node cp-3 is fe80::1, which is link-local.",
    "the address of node cp-4 is 127.0.0.1, which is every host's own loopback.",
    'The address "fd00::5" of node cp-5 has a different IP family than serviceSubnet',
    "podSubnet 10.244.0.0/16 and the address 10.244.1.1 of node cp-6 overlap.",
    'the address of node cp-7 "[fd00::7]" is not an IP address.',
    "the address of node cp-7 is ::ffff:10.0.0.7, which is an IPv4 address written as IPv6.",
  ],
  [
    "addresses on which API servers listen",
    (later) => ({
      nodes: ["nonsense", "127.0.0.2", "224.0.0.1", "fd00::1"].map((text, i) =>
        node(i + 1, { bindAddress: later(text) }),
      ),
    }),
    'bindAddress of node cp-1 "nonsense" is not an IP address.',
    'bindAddress "127.0.0.2" of node cp-2 can be reached only from the node itself.',
    "bindAddress of node cp-3 is 224.0.0.1, which is a multicast address.",
    'bindAddress "fd00::1" of node cp-4 has a different IP family',
  ],
  [
    "a virtual IP",
    (later) => ({
      endpoint: Endpoint.virtualIp({
        address: later("10.0.0.5/24"),
        routerId: 7,
      }),
    }),
    'The virtual IP "10.0.0.5/24" is not an IP address.',
  ],
  [
    "a virtual IP for all addresses",
    (later) => ({
      endpoint: Endpoint.virtualIp({ address: later("::"), routerId: 7 }),
    }),
    "address of Endpoint.virtualIp is ::, which stands for all addresses of a host.",
    'The virtual IP "::" has a different IP family',
  ],
  [
    "an endpoint that is a URL",
    endpoint("https://api.example.org"),
    'endpoint "https://api.example.org:6443" is not host:port.',
  ],
  [
    "an endpoint with a second port",
    endpoint("api.example.org:6443"),
    'endpoint "api.example.org:6443:6443" is not host:port.',
  ],
  [
    "an endpoint that no client reaches",
    endpoint("0.0.0.0"),
    "endpoint is 0.0.0.0, which stands for all addresses of a host.",
  ],
  [
    "names of certificates, one by one",
    (later) =>
      sans(
        later("a b"),
        later("https://a.example.org"),
        later("[fd00::1]"),
        later("10.0.0.9/24"),
        later(""),
        later("1.2.3"),
      ),
    'certSans has "a b", which no certificate can name.',
    'certSans has "https://a.example.org", which',
    'certSans has "[fd00::1]", which no certificate can name. Allowed are DNS names in lower case, with *. in front for all names below, and IP addresses without brackets',
    'certSans has "10.0.0.9/24", which',
    'certSans has "", which',
    'certSans has "1.2.3", which',
  ],
  [
    "labels, taints, sockets and machine ids",
    (later) =>
      ofNode({
        labels: { zone: later("a b") },
        taints: [{ key: "a", value: later("-"), effect: "NoSchedule" }],
        criSocket: later("unix:///run/../x"),
        machineId: later("UNINITIALIZED"),
      }),
    'Node cp-1 has the label "zone=a b".',
    'Node cp-1 has the taint "a=-:NoSchedule".',
    'criSocket of node cp-1 is "unix:///run/../x".',
    'machineId "UNINITIALIZED" of node cp-1 is not a machine id.',
  ],
  [
    "how a host is reached",
    (later) =>
      ofNode({
        access: NodeAccess.ssh({
          host: later("-oProxyCommand=id"),
          user: later("a b"),
          jumpHost: later("bastion:99999"),
          hostKey: later("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA"),
        }),
      }),
    'The SSH host "-oProxyCommand=id" of node cp-1 is not a valid host name',
    'The SSH user "a b" of node cp-1 is not a valid user name.',
    'jumpHost "bastion:99999" of node cp-1 is not [user@]host[:port].',
    "of node cp-1 is not a public host key.",
  ],
  [
    "flags, images, volumes and bootstrap tokens",
    (later) => ({
      apiServer: {
        extraArgs: { profiling: later("flase") },
        extraVolumes: [
          { name: "a", hostPath: later("a"), mountPath: later("/a:b") },
        ],
      },
      imageRepository: later("https://registry.example.org"),
      bootstrapTokens: [
        { ttl: later("1d"), usages: [later("sign")], groups: [later("foo")] },
      ],
    }),
    'apiServer.extraArgs has --profiling with the value "flase". Allowed is true or false.',
    'apiServer.extraVolumes: hostPath of "a" is "a".',
    'apiServer.extraVolumes: mountPath of "a" is "/a:b".',
    'imageRepository "https://registry.example.org" is not a repository of images.',
    'bootstrapTokens[0].ttl is "1d".',
    'bootstrapTokens[0].usages has "sign".',
    'bootstrapTokens[0].groups has "foo".',
  ],
])("an apply that learns %s", (_, props, ...messages) => {
  const deployment = new Deployment();
  afterAll(() => deployment.dispose());

  test("fails when they cannot be used, before anything is made from them", () => {
    const run = deployment.program(laterProgram(props)).tryApply();

    expect(run.ok).toBe(false);
    const errors = run.errors.join("\n");
    for (const message of messages) expect(errors).toContain(message);
    expect(madeIn(deployment)).toEqual([]);
  });
});

describe("texts that are known when Terraform plans", () => {
  const deployment = new Deployment({ TF_VAR_names: '["a.example.org","*"]' });
  afterAll(() => deployment.dispose());

  test("fails when one of a list cannot be used, before anything is applied", () => {
    const run = deployment
      .program((stack) => {
        const names = new TerraformVariable(stack, "names", {
          type: "list(string)",
        });
        cluster({ certSans: names.listValue })(stack);
      })
      .tryPlan();

    expect(run.ok).toBe(false);
    expect(run.errors.join("\n")).toContain(
      'certSans has "a.example.org, *", which no certificate can name.',
    );
    expect(deployment.files(STORE)).toEqual([]);
  });
});

describe("texts in another spelling", () => {
  const deployment = new Deployment();
  afterAll(() => deployment.dispose());
  const program = (host: string, address = "10.0.0.11") =>
    laterProgram((later) => ({
      ...endpoint(host)(later),
      certSans: [later("B.Example.ORG")],
      nodes: [node(1, { address: later(address) })],
    }));
  const server = () =>
    /server: .*/.exec(deployment.read(`${STORE}/kubeconfigs/admin.conf`))?.[0];

  test("are used in the spelling that literals get", () => {
    deployment.program(program("API.Example.ORG")).apply();

    expect(server()).toBe("server: https://api.example.org:6443");
    expect(deployment.state()).toContain("b.example.org");
    expect(deployment.state()).not.toContain("- B.Example.ORG");
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test("may be an IPv6 address in brackets, as it is before a port", () => {
    deployment.program(program("[FD00::1]")).apply();

    expect(server()).toBe("server: https://[fd00::1]:6443");
  });

  test("fails when a machine gets another address that cannot be used, and changes no file", () => {
    const before = deployment.hashes(STORE);

    const run = deployment
      .program(program("[FD00::1]", "10.0.0.11/24"))
      .tryApply();

    expect(run.errors.join("\n")).toContain(
      'the address of node cp-1 "10.0.0.11/24" is not an IP address.',
    );
    expect(deployment.hashes(STORE)).toEqual(before);
  });
});

describe("a worker without a host", () => {
  const deployment = new Deployment();
  afterAll(() => deployment.dispose());
  const program = (address: string, maxPods: string) =>
    laterProgram(
      () => ({}),
      (controlPlane, later) =>
        controlPlane.addWorkers("pool", {
          nodes: [
            {
              name: "w-1",
              address: later(address),
              kubeletExtraArgs: { "max-pods": later(maxPods) },
            },
          ],
        }),
    );

  test("fails when its address or a flag cannot be used, before its files are made", () => {
    const run = deployment
      .program(program("w-1.example.org", "many"))
      .tryApply();

    const errors = run.errors.join("\n");
    expect(errors).toContain(
      'the address of node w-1 "w-1.example.org" is not an IP address.',
    );
    expect(errors).toContain(
      'kubeletExtraArgs of node w-1 has --max-pods with the value "many".',
    );
    expect(deployment.files(`${STORE}/nodes/w-1`)).toEqual([]);
  });

  test("is made when they can be used", () => {
    deployment.program(program("10.0.0.21", "90")).apply();

    expect(deployment.files(`${STORE}/nodes/w-1`)).not.toEqual([]);
    expect(deployment.plan().changes).toEqual(NOTHING);
  });
});

test("JavaScript and Terraform read each pattern alike", () => {
  const deployment = new Deployment();
  const words = [
    ...HOSTILE,
    ..."10.0.0.1 010.0.0.1 10.0.0.256 10.0.0 1.2.3.4.5 10.0.0.1/24 :: ::1 1:: fd00::1 FD00::1".split(
      " ",
    ),
    ..."1:2:3:4:5:6:7:8 1:2:3:4:5:6:7 1::2::3 ::1.2.3.4 [fd00::1] fe80::1%eth0 a A a.b *.a.b a..b -a a- a_b".split(
      " ",
    ),
    ..."https://a a:1 user@a user@[fd00::1]:22 /a /a/ /a/./b /a/../b /a/..b unix:///run/a.sock 24h 1h30m -1h +5s 1.5h".split(
      " ",
    ),
    ..."true T yes 0x1f 1e3 2030-01-31T12:00:00Z system:bootstrappers:a a/b A/b:v1 reg:5000/a/b http://etcd:2379".split(
      " ",
    ),
    "a".repeat(63),
    "a".repeat(64),
    `${"a".repeat(63)}.${"b".repeat(63)}`.repeat(2),
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u6Y0y0y0y0y0y0y0y0y0y0y0y0y0y0y0y0y0y comment",
    "\u00a0",
  ];
  const all = Object.values(patterns)
    .flat()
    .filter((each) => each instanceof RegExp);
  deployment.program((stack) => {
    const list = new Machine(stack, "words", words.map(textTemplate)).names;
    all.forEach((pattern, i) => {
      new TerraformOutput(stack, `pattern-${i}`, {
        value: code`[for word in ${list} : can(regex(${quote(pattern.source)}, word))]`,
      });
    });
  });

  const { outputs } = deployment.apply();

  expect(all.length).toBeGreaterThan(20);
  all.forEach((pattern, i) => {
    expect([pattern, outputs[`pattern-${i}`]]).toEqual([
      pattern,
      words.map((word) => pattern.test(word)),
    ]);
  });
  deployment.dispose();
});
