import {
  type Candidate,
  type ClusterToCheck,
  findings,
  preflightError,
  preflightWarnings,
} from "../../../lib/agent/preflight/preflight";
import {
  candidate,
  CLUSTER,
  containerd,
  down,
  listener,
  LIVE,
  of,
  READY,
} from "./facts-of";

const { kubelet, runtime } = READY;

test("a host without problems has no findings", () => {
  expect(findings([candidate()], CLUSTER)).toEqual([]);
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
    "the directory for snapshots is full on a host that saves etcd already",
    candidate(
      { fileSystems: [{ paths: ["/srv/etcd"], freeBytes: 1024 }] },
      {
        node: {
          backup: {
            schedule: "daily",
            directory: "/srv/etcd",
            program: "crictl",
          },
        },
        savesEtcd: true,
      },
    ),
    "The file system of /srv/etcd has only 0 MiB left",
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
