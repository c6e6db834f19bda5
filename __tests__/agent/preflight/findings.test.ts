import { HostError } from "../../../lib/agent/hosts/errors";
import {
  findings,
  preflightError,
  preflightWarnings,
  type Candidate,
  type ClusterToCheck,
} from "../../../lib/agent/preflight/preflight";
import { candidate, CLUSTER, READY } from "./facts-of";

const { kubelet, runtime } = READY;
const down = new HostError(
  "unreachable",
  "cp-1",
  "cp-1 (10.0.0.11) cannot be reached over SSH; waited 60 s. ssh says: Connection refused",
  "Check that the machine runs.",
);
const changedKey = new HostError(
  "host-key",
  "cp-1",
  "cp-1 (10.0.0.11) shows another host key than the one that was accepted before.",
  "Give it a new machineId.",
);
const containerd = (facts: object) => ({
  runtime: { ...runtime, containerd: { ...runtime.containerd, ...facts } },
});
const listener = (port: number, name?: string) =>
  name ? { port, process: { pid: 4711, name } } : { port };

const LIVE: ClusterToCheck = { ...CLUSTER, live: true };
const of = (kubernetesVersion: string) => ({ ...CLUSTER, kubernetesVersion });

test("a host without problems has no findings", () => {
  expect(findings([candidate()], CLUSTER)).toEqual([]);
});

const errors: [string, Candidate, string, ClusterToCheck?][] = [
  ["the host does not answer", candidate(down), "10.0.0.11 cannot be reached"],
  ["a new node of a running cluster is down", candidate(down), "refused", LIVE],
  [
    "a node of a running cluster shows another host key",
    candidate(changedKey, { delivered: true }),
    "10.0.0.11 shows another host key",
    LIVE,
  ],
  [
    "another machine than the node's answers",
    candidate({}, { node: { machineId: "f".repeat(32) } }),
    "has the machine id 0f3c8a8f3b0f4f0c9d1c2b3a4e5f6071, not ffff",
  ],
  [
    "a machine that should have an id has none",
    candidate({ machineId: undefined }, { node: { machineId: "abc" } }),
    "has the machine id none, not abc",
  ],
  ["the clock is behind", candidate({ clockOffset: -61 }), "61 s behind"],
  ["the clock is ahead", candidate({ clockOffset: 7200 }), "7200 s ahead of"],
  [
    "systemd does not run",
    candidate({ systemd: false, kubelet: { ...kubelet, unit: undefined } }),
    "does not run systemd",
  ],
  [
    "there is no kubelet",
    candidate({
      kubelet: { unit: "not-found", enabled: false, active: false },
    }),
    "There is no kubelet.",
  ],
  [
    "a foreign unit has the same name",
    candidate({}, { foreign: ["/etc/systemd/system/etcd.service"] }),
    "mv /etc/systemd/system/etcd.service /etc/systemd/system/etcd.service.before",
  ],
  [
    "a foreign program has the same path",
    candidate({}, { foreign: ["/usr/local/bin/kubectl"] }),
    "It has a foreign /usr/local/bin/kubectl",
  ],
  [
    "kubelet has no unit",
    candidate({ kubelet: { ...kubelet, unit: "not-found" } }),
    "It has /usr/bin/kubelet, but systemd has no unit",
  ],
  [
    "kubelet is not at the path that its unit starts",
    candidate({ kubelet: { ...kubelet, path: "/opt/bin/kubelet" } }),
    "Its kubelet is /opt/bin/kubelet, but its unit starts /usr/bin/kubelet.",
  ],
  [
    "kubelet is masked",
    candidate({ kubelet: { ...kubelet, unit: "masked" } }),
    "kubelet.service is masked",
  ],
  [
    "kubelet is a program for another processor",
    candidate({
      kubelet: { ...kubelet, version: undefined, failure: "Exec format error" },
    }),
    'prints no version, but "Exec format error"',
  ],
  [
    "users other than root can change the kubelet that root would run",
    candidate({
      kubelet: {
        ...kubelet,
        version: undefined,
        flaw: {
          path: "/usr/bin/kubelet",
          problem: "/usr/bin/kubelet has mode 0777",
          remedy: "Run: chmod go-w /usr/bin/kubelet",
        },
      },
    }),
    "/usr/bin/kubelet has mode 0777, on the way to /usr/bin/kubelet: a user other than root could redirect what root does there. Run: chmod go-w /usr/bin/kubelet.",
  ],
  [
    "kubelet is newer than the cluster",
    candidate({ kubelet: { ...kubelet, version: "v1.37.0" } }),
    "kubelet v1.37.0 is newer than Kubernetes v1.36.3",
  ],
  [
    "kubelet is four minors older",
    candidate({ kubelet: { ...kubelet, version: "v1.32.9" } }),
    "kubelet v1.32.9 is too old for Kubernetes v1.36.3",
  ],
  [
    "kubelet refuses swap",
    candidate({ swap: ["/dev/sda2", "/swapfile"] }),
    "uses /dev/sda2, /swapfile as swap",
  ],
  [
    "kubelet refuses control groups of version 1",
    candidate({ cgroups: 1 }),
    "version 1 of control groups",
  ],
  [
    "there is no container runtime",
    candidate({
      runtime: {
        socket: false,
        otherSockets: [],
        containerdInstalled: false,
      },
    }),
    "no container runtime: /run/containerd/containerd.sock is missing",
  ],
  [
    "containerd does not run",
    candidate({
      runtime: { socket: false, otherSockets: [], containerdInstalled: true },
    }),
    "containerd is installed, but",
  ],
  [
    "the container runtime is another one",
    candidate({
      runtime: {
        socket: false,
        otherSockets: ["/run/crio/crio.sock"],
        containerdInstalled: false,
      },
    }),
    "listens at /run/containerd/containerd.sock, but one at /run/crio/crio.sock",
  ],
  [
    "the container runtime is silent",
    candidate({ runtime: { ...runtime, answers: false } }),
    "does not answer at /run/containerd/containerd.sock",
  ],
  [
    "containerd is older than CRI v1",
    candidate(containerd({ version: "1.5.18" })),
    "containerd 1.5.18 is too old",
  ],
  [
    "containerd has its CRI plugin disabled",
    candidate(containerd({ cri: false })),
    "does not support CRI",
  ],
  [
    "cgroup drivers differ",
    candidate(containerd({ cgroupDriver: "cgroupfs" })),
    "uses the cgroup driver cgroupfs, its kubelet systemd",
  ],
  [
    "cgroup drivers differ because kubelet has its default",
    candidate(),
    "uses the cgroup driver systemd, its kubelet cgroupfs",
    { ...CLUSTER, kubelet: {} },
  ],
  [
    "plugins of the pod network are missing",
    candidate({ cniPlugins: ["bridge", "ipvlan"] }),
    "/opt/cni/bin has no loopback, which the routed pod network needs.",
  ],
  [
    "a port is taken",
    candidate({ listeners: [listener(6443, "nginx")] }),
    "Port 6443 of kube-apiserver is taken by nginx (process 4711).",
  ],
  [
    "a port is taken by an unknown process",
    candidate({ listeners: [listener(10250)] }),
    "Port 10250 of kubelet is taken.",
  ],
  [
    "etcd of another cluster runs",
    candidate({ listeners: [listener(2379, "etcd"), listener(2380, "etcd")] }),
    "Ports 2379, 2380 of etcd are taken by etcd (process 4711). A component of another cluster runs there",
  ],
  [
    "the kernel has shortened the name of another cluster's program",
    candidate({ listeners: [listener(10257, "kube-controller")] }),
    "A component of another cluster runs there",
  ],
  [
    "a user's process calls itself kubelet",
    candidate({
      listeners: [
        {
          port: 10250,
          process: { pid: 4711, name: "kubelet", foreign: true },
        },
      ],
    }),
    "Port 10250 of kubelet is taken by kubelet (process 4711). Stop the program that listens there",
  ],
  [
    "users other than root can write to a folder of its files",
    candidate(
      {},
      {
        flaws: ["a.yaml", "b.yaml"].map((name) => ({
          path: `/etc/kubernetes/manifests/${name}`,
          problem: "/etc/kubernetes/manifests has mode 0777",
          remedy: "Run: chmod go-w /etc/kubernetes/manifests",
        })),
      },
    ),
    "/etc/kubernetes/manifests has mode 0777, on the way to /etc/kubernetes/manifests/a.yaml and 1 more: a user other than root could redirect what root does there. Run: chmod go-w /etc/kubernetes/manifests. Or choose other paths",
  ],
  [
    "a folder of a node that retires is a link",
    candidate(
      {},
      {
        node: { retire: true },
        flaws: [
          {
            path: "/etc/kubernetes/pki/ca.crt",
            problem: "/etc/kubernetes/pki is a link to /srv/pki",
            remedy: "Replace it with a folder.",
          },
        ],
      },
    ),
    "/etc/kubernetes/pki is a link to /srv/pki",
  ],
  [
    "a disk is full",
    candidate({
      fileSystems: [
        { paths: ["/var/lib/kubelet", "/var/lib/etcd"], freeBytes: 12_900_000 },
      ],
    }),
    "The file system of /var/lib/kubelet, /var/lib/etcd has only 12 MiB left. Free some space: at least 200 MiB",
  ],
  [
    "inodes are used up",
    candidate({
      fileSystems: [{ paths: ["/etc"], freeBytes: 2 ** 40, freeInodes: 3 }],
    }),
    "The file system of /etc has only 3 inodes left",
  ],
  [
    "images can neither be imported nor pulled",
    candidate(
      {},
      {
        missingImages: [
          { image: "registry.k8s.io/pause:3.10", reason: "no such host" },
          { image: "registry.k8s.io/etcd:3.6.8-0", reason: "no such host" },
        ],
      },
    ),
    "registry.k8s.io/pause:3.10, registry.k8s.io/etcd:3.6.8-0: no such host.",
  ],
];

test.each(errors)("fails when %s", (_, bad, problem, cluster = CLUSTER) => {
  const found = findings([bad], cluster);
  expect(found).toEqual([
    {
      node: "cp-1",
      severity: "error",
      problem: expect.stringMatching(/\S$/),
      remedy: expect.stringMatching(/^[A-Z].{20,}/),
    },
  ]);
  const message = preflightError(found).message.replace(/\n +/g, " ");
  expect(message).toContain(problem);
});

const warnings: [string, Candidate, string, ClusterToCheck?][] = [
  [
    "a node of a running cluster is down",
    candidate(down, { delivered: true }),
    "10.0.0.11 cannot be reached over SSH",
    LIVE,
  ],
  [
    "a node that retires is down",
    candidate(down, { node: { retire: true } }),
    "10.0.0.11 cannot be reached over SSH",
    LIVE,
  ],
  [
    "no interface has the node's address",
    candidate({ addresses: ["127.0.0.1", "172.31.0.5"] }),
    "no interface with the node's address 10.0.0.11",
  ],
  [
    "a node that runs already has different cgroup drivers",
    candidate(containerd({ cgroupDriver: "cgroupfs" }), { delivered: true }),
    "uses the cgroup driver cgroupfs",
  ],
  [
    "the next Kubernetes needs a newer containerd",
    candidate(),
    "containerd 1.7.24 does not tell kubelet its cgroup driver, and Kubernetes v1.37.1 is the last",
    of("v1.37.1"),
  ],
];

test.each(warnings)("warns when %s", (_, bad, problem, cluster = CLUSTER) => {
  const found = findings([bad], cluster);
  expect(found.map(({ severity }) => severity)).toEqual(["warning"]);
  expect(preflightWarnings(found)).toEqual([
    expect.stringMatching(/^cp-1: warning: .+\. [A-Z].{20,}/),
  ]);
  expect(preflightWarnings(found)[0]).toContain(problem);
});

const allowed: [string, Candidate, ClusterToCheck?][] = [
  ["the clock is a minute off", candidate({ clockOffset: 60 })],
  [
    "kubelet is three minors older",
    candidate({ kubelet: { ...kubelet, version: "v1.33.0" } }),
  ],
  [
    "kubelet has another patch release",
    candidate({ kubelet: { ...kubelet, version: "v1.36.9" } }),
  ],
  [
    "swap is allowed",
    candidate({ swap: ["/swapfile"] }),
    { ...CLUSTER, kubelet: { ...CLUSTER.kubelet, failSwapOn: false } },
  ],
  [
    "control groups of version 1 are allowed",
    candidate({ cgroups: 1 }),
    { ...CLUSTER, kubelet: { ...CLUSTER.kubelet, failCgroupV1: false } },
  ],
  [
    "control groups are version 1 with an older kubelet",
    candidate({ cgroups: 1, kubelet: { ...kubelet, version: "v1.34.4" } }),
  ],
  [
    "containerd tells kubelet its cgroup driver",
    candidate(containerd({ version: "2.0.0", cgroupDriver: "cgroupfs" })),
    of("v1.37.1"),
  ],
  [
    "the program asks for another runtime",
    candidate(
      { runtime: { ...runtime, containerd: undefined, answers: undefined } },
      { node: { criSocket: "unix:///run/crio/crio.sock" } },
    ),
  ],
  [
    "our own components use their ports",
    candidate({ listeners: [listener(6443)] }, { delivered: true }),
  ],
  [
    "kubelet ran before",
    candidate({ listeners: [listener(10250, "kubelet")] }),
  ],
  [
    "the address has another spelling",
    candidate(
      { addresses: ["FD00:0:0:0:0:0:0:0B"] },
      {
        node: { address: "fd00::b" },
      },
    ),
  ],
  [
    "missing plugins are not needed",
    candidate({ cniPlugins: [] }),
    { ...CLUSTER, cniPlugins: [] },
  ],
  ["the addresses are unknown", candidate({ addresses: undefined })],
  [
    "a node has a host name as its address",
    candidate({}, { node: { address: "cp-1.example.org" } }),
  ],
  [
    "a node that retires has problems",
    candidate(
      { swap: ["/swapfile"], systemd: false, clockOffset: 900 },
      { node: { retire: true } },
    ),
  ],
  [
    "the file system has no fixed number of inodes",
    candidate({ fileSystems: [{ paths: ["/etc"], freeBytes: 2 ** 30 }] }),
  ],
];

test.each(allowed)("finds nothing if %s", (_, good, cluster = CLUSTER) => {
  expect(findings([good], cluster)).toEqual([]);
});

test("fails when two nodes have the same address or machine, and names both", () => {
  const clone = candidate(
    { machineId: READY.machineId, addresses: undefined },
    { node: { address: "10.0.0.11" } },
    2,
  );
  const original = candidate({ machineId: READY.machineId });
  expect(preflightError(findings([original, clone], CLUSTER)).message).toBe(
    [
      "2 problems prevent the rollout, so it has not begun: no node was changed.",
      "- cp-2: Its address 10.0.0.11 is that of cp-1, too.",
      "  Give each node an address of its own.",
      "- cp-2: It has the same machine id as cp-1, 0f3c8a8f3b0f4f0c9d1c2b3a4e5f6071: both are the same machine, or clones of the same image.",
      "  Give each node the access to its own machine. On a clone: rm /etc/machine-id && systemd-machine-id-setup, then reboot.",
    ].join("\n"),
  );
});

test("all problems of all nodes are reported at once, sorted by node, and equal ones only once", () => {
  const bare = {
    kubelet: { unit: "not-found", enabled: false, active: false },
  };
  const found = findings(
    [
      candidate(bare, {}, 10),
      candidate({ swap: ["/swapfile"] }, {}, 3),
      candidate(bare, {}, 2),
      candidate(down),
      candidate({ addresses: ["192.168.0.7"] }, {}, 4),
    ],
    CLUSTER,
  );
  expect(preflightError(found).message).toBe(
    [
      "3 problems prevent the rollout, so it has not begun: no node was changed.",
      "- cp-1: 10.0.0.11 cannot be reached over SSH; waited 60 s. ssh says: Connection refused.",
      "  Check that the machine runs.",
      "- cp-2, cp-10: There is no kubelet.",
      "  Install Kubernetes' package kubelet of v1.36, in the machine's user data for example.",
      "- cp-3: It uses /swapfile as swap, with which kubelet does not start.",
      "  Run swapoff -a and remove the swap from /etc/fstab, or allow swap with kubelet: { config: { failSwapOn: false } }.",
    ].join("\n"),
  );
  expect(preflightWarnings(found)).toEqual([
    "cp-4: warning: The machine has no interface with the node's address 10.0.0.14. This is right if a router translates the address; otherwise correct address or access.",
  ]);
});
