import type { HostFacts } from "../../../lib/agent/hosts/facts";
import type {
  Candidate,
  ClusterToCheck,
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
