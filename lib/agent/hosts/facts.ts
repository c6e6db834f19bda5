import FACTS from "./scripts/facts.sh";
import { PACKAGED_BINARIES } from "../../catalog/paths";
import { unexpectedAnswer } from "./errors";
import { printable } from "../../base/visible";
import type { Host } from "./host";
import { listedImages } from "./image-list";
import { inquire } from "./inquiry";
import { type KubeletFacts, kubeletFacts } from "./kubelet-facts";
import { readListeners, type Listener } from "./listeners";
import { readRuntime, socketPath, type RuntimeFacts } from "./runtime";

/** The state of a host before anything is done on it. Absent values are unknown. */
export interface HostFacts {
  readonly machineId?: string;
  /** The output of `uname -m`: `x86_64`. */
  readonly architecture: string;
  /** The seconds by which its clock is ahead of this machine's; negative if it is behind. */
  readonly clockOffset: number;
  /** The swap devices and files in use. */
  readonly swap: readonly string[];
  /** The version of control groups. */
  readonly cgroups?: 1 | 2;
  readonly fileSystems: readonly FileSystem[];
  readonly systemd: boolean;
  readonly kubelet: KubeletFacts;
  readonly runtime: RuntimeFacts;
  /** The names of the programs in the folder of CNI plugins. */
  readonly cniPlugins: readonly string[];
  readonly listeners: readonly Listener[];
  /** All addresses of the host, including loopback. */
  readonly addresses?: readonly string[];
  /** Whether etcd's data folder contains the data of a member. */
  readonly etcdMember: boolean;
  /** The images of the container runtime, by all their names. */
  readonly images?: readonly string[];
}

export interface FileSystem {
  /** The examined folders that are or will be in it. */
  readonly paths: readonly string[];
  readonly freeBytes: number;
  /** Absent if the file system has no fixed number of inodes. */
  readonly freeInodes?: number;
}

export interface FactsOptions {
  /** As in a NodeRequest: `unix:///run/containerd/containerd.sock`. */
  readonly criSocket: string;
  /** Absent if the node has no etcd. */
  readonly etcdDataDir?: string;
  /** More folders whose file systems are examined. */
  readonly folders?: readonly string[];
  /** The program that kubelet's unit starts. @default - the packaged one */
  readonly kubelet?: string;
  /** The folder of CNI plugins. @default CNI_PLUGINS */
  readonly cniPlugins?: string;
  /** The time on this machine, in milliseconds since 1970. */
  readonly now: () => number;
}

/** The folder in which every container runtime looks for CNI plugins. */
export const CNI_PLUGINS = "/opt/cni/bin";

/** Milliseconds: enough if each of the programs that the script starts takes until its own limit. */
const TIMEOUT = 90_000;

/** Examines a host in one round trip. */
export async function readFacts(
  host: Host,
  {
    criSocket,
    etcdDataDir = "",
    folders = [],
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
    ...folders,
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
      throw unexpectedAnswer(host.name, "its time", "a number of seconds");
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
    etcdMember: all("etcd-member").length > 0,
    images: listedImages(text("ctr-images"), text("crictl-images"), host.name),
  });
}

const rows = (text = ""): string[][] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.trim().split(/\s+/));

/** In a machine image, the file contains `uninitialized` until the first boot. */
const machineId = (text = ""): string | undefined =>
  /^[0-9a-f]{32}$/.exec(text.trim())?.[0];

function fileSystems(lines: readonly (readonly string[])[]): FileSystem[] {
  const found = new Map<string, FileSystem>();
  for (const [path, values = ""] of lines) {
    const [id, blocks, blockSize, inodes, allInodes] = values.split(" ");
    // Skips a file system whose size is unknown.
    const sizes = [blocks, blockSize, inodes, allInodes];
    if (!sizes.every((size = "") => /^\d+$/.test(size))) continue;
    // Some file systems have no id, so the sizes are part of the key.
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
