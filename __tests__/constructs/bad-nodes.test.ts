import { Fn, TerraformStack, Testing, Token } from "cdktf";
import {
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  Duration,
  NodeAccess,
  PodNetwork,
  type SshProps,
  Store,
  type WorkerPoolProps,
} from "../../lib";
import { clusterProps, node, NODES } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

const stackOf = () => new TerraformStack(Testing.app(), "stack");
const controlPlane = (props: Partial<ControlPlaneProps> = {}) =>
  new ControlPlane(stackOf(), "cluster", clusterProps(props));

const token = Token.asString(Fn.file("x"));
const ssh = (host: string, props: Partial<SshProps> = {}) =>
  NodeAccess.ssh({ host, ...props });
const host = (number: number, props: object = {}) =>
  node(number, { access: ssh(`10.0.0.1${number}`), ...props });
const MACHINE = "0123456789abcdef0123456789abcdef";
const ED25519 =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE4nVXGPjBD3PUsuGsgdPkgJ8lBSMWsHjXMPxZrGRcMT";
const ECDSA =
  "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=";

describe("SSH", () => {
  test.each<[string, Partial<SshProps>, ...string[]]>([
    ["no host", { host: "" }, '""'],
    ["an option for a host", { host: "-oProxyCommand=id" }, "-oProxyCommand"],
    ["a blank in a host", { host: "10.0.0.11 -v" }, '"10.0.0.11 -v"'],
    ["a line break in a host", { host: "a\nb" }, '"a\\nb"'],
    ["a user in a host", { host: "admin@10.0.0.11" }, "user: "],
    ["a port in a host", { host: "10.0.0.11:22" }, "port: 22"],
    ["brackets in a host", { host: "[fd00::1]" }, "without brackets"],
    ["an option for a user", { user: "-x" }, '"-x"'],
    ["an empty user", { user: "" }, '""'],
    ["a blank in a user", { user: "a b" }, '"a b"'],
    ["a shell's character in a user", { user: "a;id" }, '"a;id"'],
    ["port 0", { port: 0 }, "the SSH port 0"],
    ["a port that is too high", { port: 65536 }, "65536", "1 to 65535"],
    ["half a port", { port: 22.5 }, "22.5"],
    ["an empty path of a key", { identityFile: "" }, '""', "~/.ssh"],
    ["an option for a key", { identityFile: "-F/dev/null" }, "-F/dev/null"],
    ["two jump hosts", { jumpHost: "a,b" }, '"a,b"', "one machine"],
    ["an option for a jump host", { jumpHost: "-oX" }, '"-oX"'],
    ["an option behind a jump host's user", { jumpHost: "a@-oX" }, '"a@-oX"'],
    ["a jump host's port that is none", { jumpHost: "a:0" }, '"a:0"'],
    ["a jump host's address in no brackets", { jumpHost: "fd00::1" }, "IPv6"],
    ["a URL as a jump host", { jumpHost: "ssh://a" }, '"ssh://a"'],
    ["a host key without its type", { hostKey: ED25519.slice(12) }, "AAAA"],
    ["a host key that was cut", { hostKey: "ssh-ed25519 AAAA" }, "AAAA"],
    [
      "a host key of another type than it says",
      { hostKey: ED25519.replace("ssh-ed25519", "ssh-rsa") },
      "ssh-rsa",
    ],
    ["a fingerprint as a host key", { hostKey: "SHA256:abc" }, "SHA256:abc"],
    [
      "a line of known_hosts as a host key",
      { hostKey: `10.0.0.11 ${ED25519}` },
      "ssh_host_ed25519_key.pub",
    ],
  ])("fails when there is %s", (_, props, ...parts) => {
    expectHelpful(
      messageOf(() => ssh("10.0.0.11", props)),
      ...parts,
    );
  });

  test.each<[string, Partial<SshProps>]>([
    ["an alias of OpenSSH's configuration", { host: "cp_1.lab" }],
    ["IPv6", { host: "fd00::1", port: 2222 }],
    [
      "values that are known only at apply",
      {
        host: token,
        user: token,
        jumpHost: token,
        hostKey: token,
        identityFile: token,
      },
    ],
    ["a user of a directory service", { user: "jane@example.org" }],
    ["a jump host with all its parts", { jumpHost: "j.d@[fd00::1]:2222" }],
    ["a jump host by its name", { jumpHost: "bastion" }],
    ["a host key with its comment", { hostKey: `${ED25519} root@cp-1\n` }],
    ["a host key of ECDSA", { hostKey: ECDSA }],
  ])("takes %s", (_, props) => {
    expect(() => ssh("10.0.0.11", props)).not.toThrow();
  });
});

describe("a control plane", () => {
  test.each<[string, Partial<ControlPlaneProps>, ...string[]]>([
    [
      "one host twice, whatever its addresses",
      { nodes: [host(1), host(2, { access: ssh("10.0.0.11", { port: 22 }) })] },
      '"10.0.0.11:22"',
    ],
    [
      "this machine twice",
      {
        nodes: [
          host(1, { access: NodeAccess.local() }),
          host(2, { access: NodeAccess.local() }),
        ],
      },
      '"this machine"',
    ],
    [
      "one machine id twice",
      {
        nodes: [
          host(1, { machineId: MACHINE }),
          host(2, { machineId: MACHINE }),
        ],
      },
      MACHINE,
    ],
    [
      "a machine id that is none",
      { nodes: [host(1, { machineId: MACHINE.toUpperCase() })] },
      "0123456789ABCDEF",
      "/etc/machine-id",
    ],
    [
      "a node that is reached beside one that isn't",
      { nodes: [host(1), node(2), host(3)] },
      "cp-2",
      "cp-1",
      "The control plane",
    ],
    [
      "no node that stays",
      { nodes: [host(1, { retire: true }), host(2, { retire: true })] },
      "destroy",
    ],
    [
      "a node that cannot be retired",
      { nodes: [node(1), node(2, { retire: true }), node(3)] },
      "cp-2",
      "Remove the node",
    ],
    ["no node that may change", { maxUnavailable: 0 }, "maxUnavailable 0"],
    ["half a node that may change", { maxUnavailable: 1.5 }, "1.5"],
    [
      "a network for pods without addresses",
      {
        nodes: [host(1)],
        podNetwork: PodNetwork.routed(),
        podSubnet: undefined,
      },
      "podSubnet",
    ],
    [
      "a network for pods on nodes that nobody reaches",
      { nodes: NODES, podNetwork: PodNetwork.routed() },
      "NodeAccess.directory()",
    ],
    [
      "a network for pods whose addresses nobody gives to nodes",
      {
        nodes: [host(1)],
        podNetwork: PodNetwork.routed(),
        controllerManager: { extraArgs: { "allocate-node-cidrs": "false" } },
      },
      "allocate-node-cidrs",
    ],
    [
      "a kubelet that cannot be asked",
      { nodes: [host(1)], kubelet: { config: { healthzPort: 0 } } },
      "healthzPort 0",
      "cp-1",
    ],
    [
      "an archive of images that isn't there",
      { nodes: [host(1)], images: { archives: ["nothing.tar"] } },
      '"nothing.tar"',
    ],
    [
      "a node with the name of its own workers",
      { nodes: [node(1, { name: "workers" })] },
      '"workers"',
    ],
  ])("fails when it has %s", (_, props, ...parts) => {
    expectHelpful(
      messageOf(() => controlPlane(props)),
      ...parts,
    );
  });

  test("takes one address behind two jump hosts, which is two machines", () => {
    const access = (jumpHost: string) => ssh("10.0.0.11", { jumpHost });
    const nodes = [
      host(1, { access: access("a") }),
      host(2, { access: access("b") }),
    ];
    expect(() => controlPlane({ nodes })).not.toThrow();
  });

  test("takes a kubelet that cannot be asked where nobody asks it", () => {
    const kubelet = { config: { healthzPort: 0 } };
    expect(() => controlPlane({ kubelet })).not.toThrow();
  });

  test("takes this machine beside others", () => {
    const nodes = [host(1, { access: NodeAccess.local() }), host(2)];
    expect(() => controlPlane({ nodes })).not.toThrow();
  });
});

describe("a pool of workers", () => {
  const worker = (props: object = {}) => ({
    name: "w-1",
    address: "10.0.0.21",
    access: ssh("10.0.0.21"),
    ...props,
  });
  const add = (
    props: Partial<WorkerPoolProps>,
    name = "linux",
    cluster = controlPlane({ nodes: [host(1)] }),
  ) => cluster.addWorkers(name, { nodes: [worker()], ...props });

  test.each<[string, Partial<WorkerPoolProps>, ...string[]]>([
    [
      "a control-plane node's name",
      { nodes: [worker({ name: "cp-1" })] },
      "cp-1",
    ],
    ["one name twice", { nodes: [worker(), worker()] }, '"w-1"'],
    [
      "a control-plane node's address",
      { nodes: [worker({ address: "10.0.0.11" })] },
      '"10.0.0.11"',
    ],
    [
      "a control-plane node's host",
      { nodes: [worker({ access: ssh("10.0.0.11") })] },
      '"10.0.0.11:22"',
    ],
    ["upper case in a name", { nodes: [worker({ name: "W" })] }, '"W"'],
    [
      "a name of its own part",
      { nodes: [worker({ name: "rollout" })] },
      "its pool",
    ],
    ["a name as an address", { nodes: [worker({ address: "w-1" })] }, '"w-1"'],
    [
      "an address among the pods'",
      { nodes: [worker({ address: "10.244.0.1" })] },
      "10.244.0.0/16",
    ],
    [
      "a machine id that is none",
      { nodes: [worker({ machineId: "x" })] },
      '"x"',
    ],
    ["a label that is none", { labels: { "a b": "c" } }, "a b=c"],
    [
      "a taint that is none",
      { taints: [{ key: "a", effect: "Never" as "NoSchedule" }] },
      'effect is the string "Never"',
    ],
    [
      "a flag that was removed",
      { kubelet: { extraArgs: { "pod-infra-container-image": "x" } } },
      "worker pool linux",
      "--pod-infra-container-image",
    ],
    [
      "a worker's flag with dashes",
      { nodes: [worker({ kubeletExtraArgs: { "--v": "4" } })] },
      '"--v"',
      "node w-1",
    ],
    [
      "a file at a relative path",
      { nodes: [worker({ files: [{ path: "etc/a", text: "" }] })] },
      '"etc/a"',
    ],
    [
      "a worker that is reached beside one that isn't",
      {
        nodes: [worker(), { name: "w-2", address: "10.0.0.22" }],
      },
      "The worker pool linux",
    ],
    ["no worker that may change", { maxUnavailable: 0 }, "worker pool linux"],
    [
      "a kubelet that cannot be asked",
      { kubelet: { config: { healthzPort: 0 } } },
      "w-1",
    ],
    [
      "an archive of images that isn't there",
      { images: { archives: ["nothing.tar"] } },
      '"nothing.tar"',
    ],
    [
      "a worker that cannot be retired",
      {
        nodes: [worker({ retire: true, access: undefined })],
      },
      "w-1",
    ],
  ])("fails when it has %s", (_, props, ...parts) => {
    expectHelpful(
      messageOf(() => add(props)),
      ...parts,
    );
  });

  test.each(["", "A", "a/b", token])("fails when its name is %j", (name) => {
    expectHelpful(
      messageOf(() => add({}, name)),
      "the name of a pool",
    );
  });

  test("fails when there is one of its name", () => {
    const cluster = controlPlane({ nodes: [host(1)] });
    add({}, "linux", cluster);
    expectHelpful(
      messageOf(() => add({ nodes: [] }, "linux", cluster)),
      '"linux"',
    );
  });

  test("fails when another pool has one of its names", () => {
    const cluster = controlPlane({ nodes: [host(1)] });
    add({}, "linux", cluster);
    expectHelpful(
      messageOf(() => add({}, "other", cluster)),
      '"w-1"',
    );
  });

  test("fails when nobody reaches the control plane that it is to join", () => {
    expectHelpful(
      messageOf(() => add({}, "linux", controlPlane())),
      "linux",
      "NodeAccess.ssh(…)",
    );
  });

  test("fails when the cluster has no key to sign its kubelets' certificates with", () => {
    const stack = stackOf();
    const store = new Store(stack, "store", { directory: "clusters/test" });
    const certificateAuthority = CertificateAuthority.external(stack, "ca", {
      store,
      certificate: __filename,
    });
    const props = clusterProps({
      store,
      certificateAuthority,
      nodes: [host(1)],
    });
    expectHelpful(
      messageOf(() =>
        add({}, "linux", new ControlPlane(stack, "cluster", props)),
      ),
      "linux",
      "NodeAccess.directory()",
    );
  });

  test("fails when a worker is asked for that it doesn't have", () => {
    expectHelpful(
      messageOf(() => add({}).nodeOf("w-9")),
      '"w-9"',
      "w-1",
    );
  });
});

describe("lengths of time", () => {
  test.each([
    [Duration.minutes(5), 300],
    [Duration.minutes(0.5), 30],
    [Duration.parse("90s"), 90],
    [Duration.parse("1h1m1s"), 3661],
    [Duration.minutes(1 / 600), 1],
    [Duration.ZERO, 0],
  ])("%s are %d seconds", (duration, seconds) => {
    expect(duration.toSeconds()).toBe(seconds);
  });

  test.each([0, -1, NaN, Infinity])(
    "fail when they are %d minutes",
    (amount) => {
      expectHelpful(
        messageOf(() => Duration.minutes(amount)),
        `${amount} minutes`,
      );
    },
  );
});

describe("manifests", () => {
  const CONFIG_MAP = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a" },
  };
  const secret = (fields: object) => ({
    ...CONFIG_MAP,
    kind: "Secret",
    ...fields,
  });

  test.each<[string, object, ...string[]]>([
    ["nothing", {}, "neither"],
    ["no objects", { objects: [] }, "no objects"],
    ["objects and a file", { objects: [CONFIG_MAP], file: __filename }, "both"],
    ["a file that isn't there", { file: "nothing.yaml" }, '"nothing.yaml"'],
    [
      "an object without a kind",
      { objects: [CONFIG_MAP, { ...CONFIG_MAP, kind: undefined }] },
      "Object 2",
      "no kind",
    ],
    [
      "an object without a name",
      { objects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: {} }] },
      "no metadata.name",
    ],
    [
      "an object without a version",
      { objects: [{ kind: "ConfigMap", metadata: { name: "a" } }] },
      "no apiVersion",
    ],
    [
      "a list of objects",
      { objects: [{ ...CONFIG_MAP, kind: "List", items: [] }] },
      "List",
    ],
    [
      "a Secret's data",
      { objects: [secret({ data: { key: "c2VjcmV0" } })] },
      '"a"',
      "as file",
    ],
    [
      "a Secret's text",
      { objects: [secret({ stringData: { key: token } })] },
      "as file",
    ],
  ])("fail when they are %s", (_, props, ...parts) => {
    expectHelpful(
      messageOf(() => controlPlane().addManifests("network", props)),
      ...parts,
    );
  });

  test("may have a Secret without its data, which somebody else fills in", () => {
    expect(() =>
      controlPlane().addManifests("x", { objects: [secret({})] }),
    ).not.toThrow();
  });

  test.each(["coredns", "nodes", "users"])(
    "fail when their name is the cluster's own %s",
    (name) => {
      expectHelpful(
        messageOf(() =>
          controlPlane().addManifests(name, { objects: [CONFIG_MAP] }),
        ),
        `"${name}"`,
      );
    },
  );

  test("fail when there are some of their name", () => {
    const cluster = controlPlane();
    cluster.addManifests("network", { objects: [CONFIG_MAP] });
    expectHelpful(
      messageOf(() =>
        cluster.addManifests("network", { objects: [CONFIG_MAP] }),
      ),
      '"network"',
    );
  });

  test.each(["", "a/b", "../a", "A", token])(
    "fail when their name is %j",
    (name) => {
      expectHelpful(
        messageOf(() =>
          controlPlane().addManifests(name, { objects: [CONFIG_MAP] }),
        ),
        "the name of manifests",
      );
    },
  );
});

test.each(["", "a/b", "a b", "..", "50%", token])(
  "a user's ClusterRole fails when it is %j",
  (role) => {
    expectHelpful(
      messageOf(() => controlPlane().addUser("jane", { clusterRoles: [role] })),
      '"jane"',
      "ClusterRole",
    );
  },
);
