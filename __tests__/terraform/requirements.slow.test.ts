import { TerraformVariable } from "cdktf";
import { type ControlPlaneProps, Endpoint, NodeAccess } from "../../lib";
import { cluster, node, STORE } from "../support/cluster";
import { Deployment } from "../support/terraform";
import { endpoint, type Later, laterProgram } from "./support/later";

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
