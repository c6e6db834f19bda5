import { logOf } from "../../../lib/agent/health/log";
import { restartsOf, runningOn } from "../../../lib/agent/health/running";
import { stageBinaries } from "../../../lib/agent/hosts/binaries";
import { readBinaries } from "../../../lib/agent/hosts/binary-facts";
import type { Connection } from "../../../lib/agent/hosts/connection";
import { deliver } from "../../../lib/agent/hosts/delivery";
import { readEndpointFacts } from "../../../lib/agent/hosts/endpoint-facts";
import type { Host, HostFile } from "../../../lib/agent/hosts/host";
import { ensureImages } from "../../../lib/agent/hosts/images";
import { RootHost } from "../../../lib/agent/hosts/root";
import {
  binaryFindings,
  tellsVersion,
} from "../../../lib/agent/preflight/binaries";
import { endpointFindings } from "../../../lib/agent/preflight/endpoint";
import { preflightWarnings } from "../../../lib/agent/preflight/preflight";
import { setUpOnHost } from "../../../lib/agent/rollout/pod-network";
import { resetHost } from "../../../lib/agent/rollout/reset-host";
import { setAside } from "../../../lib/agent/rollout/set-aside";
import { makeUsers, stopUnits } from "../../../lib/agent/rollout/systemd";
import { CLUSTER } from "../../agent/preflight/facts-of";
import { type Fact, FACTS, factsOf, now, SOCKET } from "./facts-answer";
import { filesAnswer, filesOf, RUNNING } from "./files-answer";
import { NODE } from "./stored";

/** A question to a host: what an honest host answers, and everything that is concluded from the answer. */
export interface Question {
  /** The output of the script, for its input. */
  readonly answer: (input: string) => readonly Fact[] | string;
  readonly read: (host: Host) => unknown;
}

const say = () => undefined;

const CRICTL_IMAGES = JSON.stringify({
  images: [
    { id: "a", repoTags: ["registry.k8s.io/pause:3.10"], repoDigests: [] },
    { id: "b", repoTags: null, repoDigests: ["docker.io/a@sha256:00"] },
  ],
});

const PROXIED = {
  ...NODE,
  components: [
    {
      name: "haproxy",
      unit: "kubernetes-endpoint.service",
      ports: [8443],
      timeout: 1,
    },
    {
      name: "keepalived",
      unit: "kubernetes-virtual-ip.service",
      ports: [],
      timeout: 1,
    },
  ],
};

const VIRTUAL_IP = {
  address: "10.0.0.100",
  port: 8443,
  routerId: 51,
  configuration: "/etc/kubernetes/keepalived/keepalived.conf",
};

const UNITS = {
  name: "cp-1",
  components: [
    { name: "etcd", ports: [2379], timeout: 1 },
    { name: "kubelet", unit: "kubelet.service", ports: [10250], timeout: 1 },
  ],
};

async function runningOf(host: Host): Promise<void> {
  const running = await runningOn(host, UNITS);
  for (const { name } of UNITS.components)
    restartsOf(name, running, running, true);
}

/** Connects as a user who is not root. */
const rootOf = (host: Host): Promise<Host> => {
  const connection: Connection = {
    execute: async (_, options) => ({
      ...(await host.run("", options)),
      begun: true,
    }),
    reach: (address, port) => host.reach(address, port),
    close: () => host.close(),
  };
  const target = { node: "cp-1", host: "10.0.0.11" };
  return RootHost.enter(connection, target, true);
};

const BINARIES = ["etcd", "kubelet", "kube-apiserver"].map((name) => ({
  path: `/usr/local/bin/${name}`,
}));

/** The beginning of a program for x86_64. */
const ELF = Buffer.concat([
  Buffer.from("\x7fELF\x02\x01", "latin1"),
  Buffer.alloc(12),
  Buffer.from([62, 0]),
]).toString("base64");

async function binariesOf(host: Host): Promise<void> {
  const { kubernetesVersion } = CLUSTER;
  const found = await readBinaries(host, BINARIES, [], tellsVersion);
  for (const each of found)
    binaryFindings(each, { kubernetesVersion, architecture: "x86_64" });
}

async function endpointOf(host: Host): Promise<void> {
  const programs = {
    haproxy: "/usr/sbin/haproxy",
    keepalived: "/usr/sbin/keepalived",
  };
  const facts = await readEndpointFacts(host, programs, VIRTUAL_IP);
  const candidate = { request: PROXIED, facts, delivered: false };
  preflightWarnings(endpointFindings([candidate, candidate], VIRTUAL_IP));
}

/** All questions to a node with these files. */
export const questionsAbout = (
  tree: readonly HostFile[],
): Readonly<Record<string, Question>> => ({
  facts: { answer: () => FACTS, read: factsOf },
  "images in containerd": {
    answer: () => [["ctr-images", "registry.k8s.io/pause:3.10\n"], ["ended"]],
    read: imagesOf,
  },
  "images of another runtime": {
    answer: () => [["crictl-images", CRICTL_IMAGES], ["ended"]],
    read: imagesOf,
  },
  endpoint: {
    answer: () => [
      ["haproxy", "HAProxy version 2.6.12-1 2023/12/16"],
      ["keepalived", "Keepalived v2.2.7 (01/16,2022)"],
      ["bash"],
      ["links", "1: lo: <LOOPBACK,UP>\n2: eth0@if5: <UP>\n"],
      [
        "addresses",
        "2: eth0    inet 10.0.0.11/24 brd 10.0.0.255 scope global eth0\n",
      ],
      ["router-ids", "/etc/keepalived/a.conf", "  virtual_router_id 51\n"],
      ["connected", "yes\n"],
      ["neighbour", "10.0.0.100 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE\n"],
      ["ended"],
    ],
    read: endpointOf,
  },
  binaries: {
    answer: () => [
      [
        "binary",
        "/usr/local/bin/etcd",
        "yes",
        ELF,
        "etcd Version: 3.6.6\nGit SHA: 1\n",
      ],
      ["binary", "/usr/local/bin/kubelet", "yes", ELF, "Kubernetes v1.36.3\n"],
      [
        "binary",
        "/usr/local/bin/kube-apiserver",
        "yes",
        "IyEvYmluL3NoCg==",
        "Kubernetes v1.36.3\n",
      ],
      ["ended"],
    ],
    read: binariesOf,
  },
  files: { answer: filesAnswer(tree), read: (host) => filesOf(host, tree) },
  "pod network": {
    answer: filesAnswer(tree),
    read: (host) => setUpOnHost(host, tree),
  },
  running: { answer: () => RUNNING, read: runningOf },
  log: {
    answer: () => "2026-01-01T00:00:00.0Z stderr F a line\n".repeat(20),
    read: (host) => logOf(host, "cp-1", UNITS.components[0]),
  },
  user: { answer: () => "admin\n", read: rootOf },
  "staged binaries": {
    answer: () => `${"0".repeat(64)}\n`,
    read: (host) => stageBinaries(host, []),
  },
  "etcd's data": {
    answer: () => "/var/lib/etcd.2026-01-01\n",
    read: (host) => setAside(host, "/var/lib/etcd", undefined, undefined),
  },
  users: { answer: () => "", read: (host) => makeUsers(host, ["etcd"]) },
  units: {
    answer: () => "",
    read: (host) => stopUnits(host, ["etcd.service"]),
  },
  reset: { answer: () => "", read: (host) => resetHost(host, NODE, undefined) },
  delivery: {
    answer: () => "",
    read: (host) =>
      deliver(host, {
        changed: tree,
        removed: ["/etc/kubernetes/a/b"],
        listed: [],
      }),
  },
});

const imagesOf = (host: Host) =>
  ensureImages(host, {
    images: ["registry.k8s.io/pause:3.10", "busybox"],
    archives: [],
    criSocket: SOCKET,
    say,
    now,
  });

/** What ssh says when it fails. */
export const SSH_ERRORS = [
  "ssh: connect to host 10.0.0.1 port 22: Connection refused\r\n",
  "Warning: Permanently added 'cp-1' (ED25519) to the list of known hosts.\r\nroot@10.0.0.1: Permission denied (publickey).\r\n",
  "@@@@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\n@@@@@@\nHost key for cp-1 has changed and you have requested strict checking.\nHost key verification failed.\n",
  "kex_exchange_identification: Connection closed by remote host\r\nConnection closed by UNKNOWN port 65535\r\n",
  "channel 2: open failed: administratively prohibited: open failed\n",
  "sudo: a password is required\n",
  "tar: a: Wrote only 512 of 10240 bytes\nNo space left on device\n",
] as const;
