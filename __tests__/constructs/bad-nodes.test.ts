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
    ["an option as the host", { host: "-oProxyCommand=id" }, "-oProxyCommand"],
    ["a space in a host", { host: "10.0.0.11 -v" }, '"10.0.0.11 -v"'],
    ["a line break in a host", { host: "a\nb" }, '"a\\nb"'],
    ["a user in a host", { host: "admin@10.0.0.11" }, "user: "],
    ["a port in a host", { host: "10.0.0.11:22" }, "port: 22"],
    ["brackets in a host", { host: "[fd00::1]" }, "without brackets"],
    ["an option as the user", { user: "-x" }, '"-x"'],
    ["an empty user", { user: "" }, '""'],
    ["a space in a user", { user: "a b" }, '"a b"'],
    ["a shell character in a user", { user: "a;id" }, '"a;id"'],
    ["port 0", { port: 0 }, "the SSH port 0"],
    ["a port that is too high", { port: 65536 }, "65536", "1 to 65535"],
    ["a fractional port", { port: 22.5 }, "22.5"],
    ["an empty identityFile", { identityFile: "" }, '""', "~/.ssh"],
    [
      "an option as identityFile",
      { identityFile: "-F/dev/null" },
      "-F/dev/null",
    ],
    ["two jump hosts", { jumpHost: "a,b" }, '"a,b"', "one jump host"],
    ["an option as the jump host", { jumpHost: "-oX" }, '"-oX"'],
    ["an option after a jump host's user", { jumpHost: "a@-oX" }, '"a@-oX"'],
    ["an invalid port of a jump host", { jumpHost: "a:0" }, '"a:0"'],
    ["an IPv6 jump host without brackets", { jumpHost: "fd00::1" }, "IPv6"],
    ["a URL as a jump host", { jumpHost: "ssh://a" }, '"ssh://a"'],
    ["a host key without its type", { hostKey: ED25519.slice(12) }, "AAAA"],
    ["a truncated host key", { hostKey: "ssh-ed25519 AAAA" }, "AAAA"],
    [
      "a host key whose data have another type",
      { hostKey: ED25519.replace("ssh-ed25519", "ssh-rsa") },
      "ssh-rsa",
    ],
    ["a fingerprint as a host key", { hostKey: "SHA256:abc" }, "SHA256:abc"],
    [
      "a line of known_hosts as a host key",
      { hostKey: `10.0.0.11 ${ED25519}` },
      "ssh_host_ed25519_key.pub",
    ],
  ])("fails with %s", (_, props, ...parts) => {
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
    [
      "a jump host with user, address and port",
      { jumpHost: "j.d@[fd00::1]:2222" },
    ],
    ["a jump host with only a name", { jumpHost: "bastion" }],
    ["a host key with its comment", { hostKey: `${ED25519} root@cp-1\n` }],
    ["an ECDSA host key", { hostKey: ECDSA }],
  ])("accepts %s", (_, props) => {
    expect(() => ssh("10.0.0.11", props)).not.toThrow();
  });
});

describe("a control plane", () => {
  test.each<[string, Partial<ControlPlaneProps>, ...string[]]>([
    [
      "two nodes with different addresses on the same host",
      { nodes: [host(1), host(2, { access: ssh("10.0.0.11", { port: 22 }) })] },
      '"10.0.0.11:22"',
    ],
    [
      "two nodes on this machine",
      {
        nodes: [
          host(1, { access: NodeAccess.local() }),
          host(2, { access: NodeAccess.local() }),
        ],
      },
      '"this machine"',
    ],
    [
      "two nodes with the same machine id",
      {
        nodes: [
          host(1, { machineId: MACHINE }),
          host(2, { machineId: MACHINE }),
        ],
      },
      MACHINE,
    ],
    [
      "an invalid machine id",
      { nodes: [host(1, { machineId: MACHINE.toUpperCase() })] },
      "0123456789ABCDEF",
      "/etc/machine-id",
    ],
    [
      "one node on a host and one in a directory",
      { nodes: [host(1), node(2), host(3)] },
      "cp-2",
      "cp-1",
      "The control plane",
    ],
    [
      "only nodes that are retired",
      { nodes: [host(1, { retire: true }), host(2, { retire: true })] },
      "destroy",
    ],
    [
      "a retired node in a directory",
      { nodes: [node(1), node(2, { retire: true }), node(3)] },
      "cp-2",
      "Remove the node",
    ],
    ["maxUnavailable 0", { maxUnavailable: 0 }, "maxUnavailable 0"],
    ["a fractional maxUnavailable", { maxUnavailable: 1.5 }, "1.5"],
    [
      "a pod network but no podSubnet",
      {
        nodes: [host(1)],
        podNetwork: PodNetwork.routed(),
        podSubnet: undefined,
      },
      "podSubnet",
    ],
    [
      "a pod network on nodes in directories",
      { nodes: NODES, podNetwork: PodNetwork.routed() },
      "NodeAccess.directory()",
    ],
    [
      "a pod network although no blocks are allocated to nodes",
      {
        nodes: [host(1)],
        podNetwork: PodNetwork.routed(),
        controllerManager: { extraArgs: { "allocate-node-cidrs": "false" } },
      },
      "allocate-node-cidrs",
    ],
    [
      "a kubelet without a health port",
      { nodes: [host(1)], kubelet: { config: { healthzPort: 0 } } },
      "healthzPort 0",
      "cp-1",
    ],
    [
      "a missing image archive",
      { nodes: [host(1)], images: { archives: ["nothing.tar"] } },
      '"nothing.tar"',
    ],
    [
      "a node with the name workers",
      { nodes: [node(1, { name: "workers" })] },
      '"workers"',
    ],
  ])("fails when it has %s", (_, props, ...parts) => {
    expectHelpful(
      messageOf(() => controlPlane(props)),
      ...parts,
    );
  });

  test("accepts the same address behind two jump hosts, because these are two hosts", () => {
    const access = (jumpHost: string) => ssh("10.0.0.11", { jumpHost });
    const nodes = [
      host(1, { access: access("a") }),
      host(2, { access: access("b") }),
    ];
    expect(() => controlPlane({ nodes })).not.toThrow();
  });

  test("accepts a kubelet without a health port on a node in a directory", () => {
    const kubelet = { config: { healthzPort: 0 } };
    expect(() => controlPlane({ kubelet })).not.toThrow();
  });

  test("accepts this machine and other hosts together", () => {
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
      "the name of a control-plane node",
      { nodes: [worker({ name: "cp-1" })] },
      "cp-1",
    ],
    [
      "two workers with the same name",
      { nodes: [worker(), worker()] },
      '"w-1"',
    ],
    [
      "the address of a control-plane node",
      { nodes: [worker({ address: "10.0.0.11" })] },
      '"10.0.0.11"',
    ],
    [
      "the host of a control-plane node",
      { nodes: [worker({ access: ssh("10.0.0.11") })] },
      '"10.0.0.11:22"',
    ],
    ["upper case in a name", { nodes: [worker({ name: "W" })] }, '"W"'],
    [
      "a worker with the name of a part of the pool",
      { nodes: [worker({ name: "rollout" })] },
      "its pool",
    ],
    ["a name as an address", { nodes: [worker({ address: "w-1" })] }, '"w-1"'],
    [
      "an address in podSubnet",
      { nodes: [worker({ address: "10.244.0.1" })] },
      "10.244.0.0/16",
    ],
    ["an invalid machine id", { nodes: [worker({ machineId: "x" })] }, '"x"'],
    ["an invalid label", { labels: { "a b": "c" } }, "a b=c"],
    [
      "an invalid taint",
      { taints: [{ key: "a", effect: "Never" as "NoSchedule" }] },
      'effect is the string "Never"',
    ],
    [
      "a removed flag",
      { kubelet: { extraArgs: { "pod-infra-container-image": "x" } } },
      "worker pool linux",
      "--pod-infra-container-image",
    ],
    [
      "a flag with dashes for one worker",
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
      "one worker on a host and one in a directory",
      {
        nodes: [worker(), { name: "w-2", address: "10.0.0.22" }],
      },
      "The worker pool linux",
    ],
    ["maxUnavailable 0", { maxUnavailable: 0 }, "worker pool linux"],
    [
      "a kubelet without a health port",
      { kubelet: { config: { healthzPort: 0 } } },
      "w-1",
    ],
    [
      "a missing image archive",
      { images: { archives: ["nothing.tar"] } },
      '"nothing.tar"',
    ],
    [
      "a retired worker in a directory",
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

  test("fails when another pool has the same name", () => {
    const cluster = controlPlane({ nodes: [host(1)] });
    add({}, "linux", cluster);
    expectHelpful(
      messageOf(() => add({ nodes: [] }, "linux", cluster)),
      '"linux"',
    );
  });

  test("fails when another pool has a worker of the same name", () => {
    const cluster = controlPlane({ nodes: [host(1)] });
    add({}, "linux", cluster);
    expectHelpful(
      messageOf(() => add({}, "other", cluster)),
      '"w-1"',
    );
  });

  test("fails when its workers are on hosts but the control plane is in directories", () => {
    expectHelpful(
      messageOf(() => add({}, "linux", controlPlane())),
      "linux",
      "NodeAccess.ssh(…)",
    );
  });

  test("fails when the cluster has no key to sign the kubelets' certificates", () => {
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

  test("fails when nodeOf is called with an unknown name", () => {
    expectHelpful(
      messageOf(() => add({}).nodeOf("w-9")),
      '"w-9"',
      "w-1",
    );
  });
});

describe("durations", () => {
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
    ["empty", {}, "neither"],
    ["no objects", { objects: [] }, "no objects"],
    [
      "both objects and a file",
      { objects: [CONFIG_MAP], file: __filename },
      "both",
    ],
    ["a missing file", { file: "nothing.yaml" }, '"nothing.yaml"'],
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
      "a List object",
      { objects: [{ ...CONFIG_MAP, kind: "List", items: [] }] },
      "List",
    ],
    [
      "a Secret with data",
      { objects: [secret({ data: { key: "c2VjcmV0" } })] },
      '"a"',
      "set file to its path",
    ],
    [
      "a Secret with stringData",
      { objects: [secret({ stringData: { key: token } })] },
      "set file to its path",
    ],
  ])("fail when they are %s", (_, props, ...parts) => {
    expectHelpful(
      messageOf(() => controlPlane().addManifests("network", props)),
      ...parts,
    );
  });

  test("may contain a Secret without data", () => {
    expect(() =>
      controlPlane().addManifests("x", { objects: [secret({})] }),
    ).not.toThrow();
  });

  test.each(["coredns", "nodes", "users"])(
    "fail when their name is %s, which cluster objects have",
    (name) => {
      expectHelpful(
        messageOf(() =>
          controlPlane().addManifests(name, { objects: [CONFIG_MAP] }),
        ),
        `"${name}"`,
      );
    },
  );

  test("fail when other manifests have the same name", () => {
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
