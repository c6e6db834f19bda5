import { type HostFacts, readFacts } from "../../../lib/agent/hosts/facts";
import type { Host } from "../../../lib/agent/hosts/host";
import {
  findings,
  preflightError,
  preflightWarnings,
} from "../../../lib/agent/preflight/preflight";
import { SYSTEM_CLOCK } from "../../../lib/base/clock";
import { CLUSTER, NODE as CHECKED_NODE } from "../../agent/preflight/facts-of";

/** The values of one line, as the function `fact` of the scripts prints them behind its name. */
export type Fact = readonly [name: string, ...values: string[]];

export const SOCKET = "unix:///run/containerd/containerd.sock";
export const now = () => SYSTEM_CLOCK.now();

/** What an honest host answers. */
export const FACTS: readonly Fact[] = [
  ["began", "1767225600"],
  ["machine-id", "0f3c8a8f3b0f4f0c9d1c2b3a4e5f6071\n"],
  ["architecture", "x86_64"],
  ["swap", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2"],
  ["cgroups", "2"],
  ["file-system", "/etc", "fd0012 100000 4096 900000 1000000"],
  ["file-system", "/var/log", "fd0013 100000 4096 900000 1000000"],
  [
    "kubelet-unit",
    "LoadState=loaded\nActiveState=active\nUnitFileState=enabled",
  ],
  ["kubelet", "/usr/bin/kubelet", "Kubernetes v1.36.3"],
  ["sockets", "/run/containerd/containerd.sock\n/run/crio/crio.sock"],
  [
    "containerd",
    "containerd github.com/containerd/containerd v1.7.24 88bf19b2105c8b17560993bee28a01ddc2f97182",
    `[plugins."io.containerd.grpc.v1.cri".containerd]\n  default_runtime_name = "runc"\n  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]\n    SystemdCgroup = true\n`,
  ],
  [
    "ctr",
    "Client:\n  Version:  1.7.24\n\nServer:\n  Version:  1.7.24\n  UUID: 1\n",
    "TYPE ID PLATFORMS STATUS\nio.containerd.grpc.v1 cri linux/amd64 ok\n",
  ],
  ["ctr-images", "registry.k8s.io/pause:3.10\ndocker.io/library/a@sha256:00\n"],
  ["cni-plugins", "bridge\nloopback"],
  ["listening", "192B 12345\n0016 12346"],
  ["owners", "12345 700 kube-apiserver\n12346 1! sshd"],
  [
    "addresses",
    "127.0.0.1\n10.0.0.11",
    "fd000000000000000000000000000001 02 40 00 80 eth0\n",
  ],
  ["pod-logs", "kube-system_etcd-cp-1_0f3c8a8f3b0f4f0c9d1c2b3a4e5f6071"],
  ["etcd-member"],
  ["finished", "1767225601"],
  ["ended"],
];

function conclude(facts: HostFacts): void {
  const candidate = { request: CHECKED_NODE, facts, delivered: false };
  for (const cluster of [CLUSTER, { ...CLUSTER, live: true }]) {
    const found = findings([candidate, candidate], cluster);
    preflightWarnings(found);
    void preflightError(found).message;
  }
}

export const factsOf = async (host: Host): Promise<void> =>
  conclude(
    await readFacts(host, {
      criSocket: SOCKET,
      etcdDataDir: "/var/lib/etcd",
      now,
    }),
  );
