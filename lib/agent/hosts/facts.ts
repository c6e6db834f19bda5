import FACTS from "./scripts/facts.sh";
import { PACKAGED_BINARIES } from "../../catalog/paths";
import { strangeAnswer } from "./errors";
import { printable } from "../../base/visible";
import type { Host } from "./host";
import { listedImages } from "./image-list";
import { inquire } from "./inquiry";
import { type KubeletFacts, kubeletFacts } from "./kubelet-facts";
import { readListeners, type Listener } from "./listeners";
import { readRuntime, socketPath, type RuntimeFacts } from "./runtime";

/** What a machine is like before anything is done on it. Absent values are unknown. */
export interface HostFacts {
  readonly machineId?: string;
  /** As `uname -m` says it: `x86_64`. */
  readonly architecture: string;
  /** Seconds that its clock is ahead of this one's; negative where it is behind. */
  readonly clockOffset: number;
  /** The devices and files that are swapped to. */
  readonly swap: readonly string[];
  /** Of control groups. */
  readonly cgroups?: 1 | 2;
  readonly fileSystems: readonly FileSystem[];
  readonly systemd: boolean;
  readonly kubelet: KubeletFacts;
  readonly runtime: RuntimeFacts;
  /** The programs in {@link CNI_PLUGINS}. */
  readonly cniPlugins: readonly string[];
  readonly listeners: readonly Listener[];
  /** All of its own, loopback's too. */
  readonly addresses?: readonly string[];
  /** Folders in `/var/log/pods` of static pods: `kube-system_etcd-cp-1_0f3c…`. */
  readonly staticPodLogs: readonly string[];
  /** Whether the data directory of etcd is a member's. */
  readonly etcdMember: boolean;
  /** What the container runtime has, by every name that it has for it. */
  readonly images?: readonly string[];
}

export interface FileSystem {
  /** What is or will be in it. */
  readonly paths: readonly string[];
  readonly freeBytes: number;
  /** Absent where it has no fixed number of them. */
  readonly freeInodes?: number;
}

export interface FactsOptions {
  /** As in a NodeRequest: `unix:///run/containerd/containerd.sock`. */
  readonly criSocket: string;
  /** Absent where the node has no etcd. */
  readonly etcdDataDir?: string;
  /** Where kubelet's unit starts it from. */
  readonly kubelet?: string;
  readonly cniPlugins?: string;
  /** Milliseconds since 1970, here. */
  readonly now: () => number;
}

/** Where every runtime looks for the plugins that connect pods. */
export const CNI_PLUGINS = "/opt/cni/bin";

/** Long enough for each of the programs that the script asks to reach its own limit. */
const TIMEOUT = 90_000;

/** One round trip. */
export async function readFacts(
  host: Host,
  {
    criSocket,
    etcdDataDir = "",
    kubelet = PACKAGED_BINARIES.kubelet,
    cniPlugins = CNI_PLUGINS,
    now,
  }: FactsOptions,
): Promise<HostFacts> {
  const socket = socketPath(criSocket);
  const directories = [
    "/etc",
    "/var/lib/kubelet",
    "/var/lib/containerd",
    "/var/log",
    ...(etcdDataDir ? [etcdDataDir] : []),
  ];
  const sent = now();
  const { text, all } = await inquire(host, {
    script: FACTS,
    args: [socket, etcdDataDir, kubelet, cniPlugins, ...directories],
    timeout: TIMEOUT,
  });
  const received = now();

  const seconds = (name: string): number => {
    const said = text(name) ?? "";
    if (!/^\d{1,12}$/.test(said))
      throw strangeAnswer(host.name, "its time", "a number of seconds");
    return Number(said);
  };
  const clockOffset =
    (seconds("began") + seconds("finished") + 1 - (sent + received) / 1000) / 2;
  const cgroups = text("cgroups");
  return printable({
    machineId: machineId(text("machine-id")),
    architecture: text("architecture") ?? "",
    clockOffset: Math.round(clockOffset),
    swap: rows(text("swap"))
      .slice(1)
      .map(([device]) => device),
    cgroups: cgroups === undefined ? undefined : cgroups === "2" ? 2 : 1,
    fileSystems: fileSystems(all("file-system")),
    systemd: text("kubelet-unit") !== undefined,
    kubelet: kubeletFacts(text("kubelet-unit"), all("kubelet")[0]),
    runtime: readRuntime(socket, text),
    cniPlugins: (text("cni-plugins") ?? "").split("\n").filter(Boolean),
    listeners: readListeners(text("listening") ?? "", text("owners") ?? ""),
    addresses: addresses(all("addresses")[0]),
    staticPodLogs: rows(text("pod-logs"))
      .map(([folder]) => folder)
      .filter(isStaticPodLog),
    etcdMember: all("etcd-member").length > 0,
    images: listedImages(text("ctr-images"), text("crictl-images"), host.name),
  });
}

const isCount = (value: string | undefined): boolean =>
  /^\d+$/.test(value ?? "");

const rows = (text = ""): string[][] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.trim().split(/\s+/));

/** An image of a machine says `uninitialized` until its first boot. */
const machineId = (text = ""): string | undefined =>
  /^[0-9a-f]{32}$/.exec(text.trim())?.[0];

/** kubelet names a static pod's folder by the hash of its manifest, another pod's by its UUID. */
const isStaticPodLog = (folder: string): boolean =>
  /^[^_]+_[^_]+_[0-9a-f]{32}$/.test(folder);

function fileSystems(lines: readonly (readonly string[])[]): FileSystem[] {
  const found = new Map<string, FileSystem>();
  for (const [path, values = ""] of lines) {
    const [id, blocks, blockSize, inodes, allInodes] = values.split(" ");
    // A file system of which nothing is known says nothing.
    if (![blocks, blockSize, inodes, allInodes].every(isCount)) continue;
    // Some file systems have no id of their own.
    const key = [id, blockSize, allInodes].join(" ");
    found.set(key, {
      paths: [...(found.get(key)?.paths ?? []), path],
      freeBytes: Number(blocks) * Number(blockSize),
      ...(Number(allInodes) > 0 ? { freeInodes: Number(inodes) } : {}),
    });
  }
  return [...found.values()];
}

function addresses(values?: readonly string[]): string[] | undefined {
  if (values === undefined) return undefined;
  const [ipv4, ipv6] = values;
  const hexadecimal = rows(ipv6).flatMap(([digits]) =>
    /^[0-9a-f]{32}$/i.test(digits) ? digits.match(/.{4}/g)!.join(":") : [],
  );
  return [...new Set([...rows(ipv4).map(([line]) => line), ...hexadecimal])];
}
