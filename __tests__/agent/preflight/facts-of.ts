import { HostError } from "../../../lib/agent/hosts/errors";
import type { HostFacts } from "../../../lib/agent/hosts/facts";
import {
  findings,
  preflightError,
  type Candidate,
  type ClusterToCheck,
} from "../../../lib/agent/preflight/preflight";
import type { NodeRequest } from "../../../lib/request/request";

/** The facts of a host without problems. */
export const READY: HostFacts = {
  machineId: "0f3c8a8f3b0f4f0c9d1c2b3a4e5f6071",
  architecture: "x86_64",
  clockOffset: 0,
  swap: [],
  cgroups: 2,
  fileSystems: [
    { paths: ["/etc"], freeBytes: 20 * 2 ** 30, freeInodes: 900_000 },
  ],
  systemd: true,
  kubelet: {
    unit: "loaded",
    enabled: true,
    active: false,
    path: "/usr/bin/kubelet",
    version: "v1.36.3",
  },
  runtime: {
    socket: true,
    otherSockets: [],
    answers: true,
    containerdInstalled: true,
    containerd: { version: "1.7.24", cri: true, cgroupDriver: "systemd" },
  },
  cniPlugins: ["bridge", "host-local", "loopback", "portmap"],
  listeners: [{ port: 22, process: { pid: 700, name: "sshd" } }],
  addresses: ["127.0.0.1", "10.0.0.11"],
  etcdMember: false,
  images: [],
};

export const CLUSTER: ClusterToCheck = {
  kubernetesVersion: "v1.36.3",
  kubelet: { cgroupDriver: "systemd" },
  cniPlugins: ["bridge", "loopback"],
  live: false,
  upgrades: false,
};

const component = (name: string, ...ports: number[]) => ({
  name,
  health: {
    scheme: "https" as const,
    host: "127.0.0.1",
    port: ports[0],
    path: "/livez",
  },
  ports,
  timeout: 60,
});

export const NODE: NodeRequest = {
  name: "cp-1",
  address: "10.0.0.11",
  access: { kind: "local", sudo: false },
  components: [
    component("etcd", 2379, 2380, 2381),
    component("kube-apiserver", 6443),
    component("kube-controller-manager", 10257),
    component("kubelet", 10250, 10248),
  ],
  labels: {},
  taints: [],
  criSocket: "unix:///run/containerd/containerd.sock",
  images: [],
  imageArchives: [],
  port: 6443,
};

/** A candidate `cp-<number>` with a machine and an address of its own. */
export function candidate(
  facts: Partial<HostFacts> | Error = {},
  rest: Partial<Candidate> & { readonly node?: Partial<NodeRequest> } = {},
  number = 1,
): Candidate {
  const { node, ...others } = rest;
  const address = `10.0.0.1${number}`;
  return {
    request: { ...NODE, name: `cp-${number}`, address, ...node },
    facts:
      facts instanceof Error
        ? facts
        : {
            ...READY,
            machineId: READY.machineId!.replace(/.$/, String(number)),
            addresses: ["127.0.0.1", address],
            ...facts,
          },
    delivered: false,
    ...others,
  };
}

const { runtime } = READY;
/** What connecting to a host that is down gives. */
export const down = new HostError(
  "unreachable",
  "cp-1",
  "cp-1 (10.0.0.11) cannot be reached over SSH; waited 60 s. ssh says: Connection refused",
  "Check that the machine runs.",
);
export const containerd = (facts: object) => ({
  runtime: { ...runtime, containerd: { ...runtime.containerd, ...facts } },
});
export const listener = (port: number, name?: string) =>
  name ? { port, process: { pid: 4711, name } } : { port };

/** A cluster that runs, and one of another version. */
export const LIVE: ClusterToCheck = { ...CLUSTER, live: true };
export const of = (kubernetesVersion: string) => ({
  ...CLUSTER,
  kubernetesVersion,
});

/** One test for each candidate: its rollout is refused, because of this problem. */
export const refuses = (
  rows: [
    when: string,
    bad: Candidate,
    problem: string,
    cluster?: ClusterToCheck,
  ][],
) =>
  test.each(rows)("fails when %s", (_, bad, problem, cluster = CLUSTER) => {
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
