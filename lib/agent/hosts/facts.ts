import { PACKAGED } from "../../catalog/paths";
import { strangeAnswer } from "./errors";
import { printable } from "../../base/visible";
import type { Host } from "./host";
import { IMAGE_FUNCTIONS, listedImages } from "./image-list";
import { inquire } from "./inquiry";
import { type KubeletFacts, kubeletFacts } from "./kubelet-facts";
import { OURS } from "./ours";
import { readListeners, type Listener } from "./listeners";
import { readRuntime, socketPath, type RuntimeFacts } from "./runtime";
import { WAY } from "./way";

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
  readonly now?: () => number;
}

/** Where every runtime looks for the plugins that connect pods. */
export const CNI_PLUGINS = "/opt/cni/bin";

const FUNCTIONS = `${OURS}${WAY}
listening() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | only ' 0A ' |
    while read -r _ local _ state _ _ _ _ _ inode _; do
      if [ "$state" = 0A ]; then echo "\${local##*:} $inode"; fi
    done
}
owners() {
  ls -l /proc/[0-9]*/fd 2>/dev/null | only -e '^/proc' -e 'socket:' |
    while read -r line; do
      case $line in
        /proc/*/fd:) process=\${line%/fd:} ;;
        *'socket:['*)
          inode=\${line##*'socket:['}
          inode=\${inode%]}
          case " $1 " in
            *" $inode "*)
              if read -r name 2>/dev/null <"$process/comm"; then
                stranger=!
                ! ours "$process" || stranger=
                echo "$inode \${process#/proc/}$stranger $name"
              fi ;;
          esac ;;
      esac
    done
}
local_addresses() {
  only -e '|--' -e 'host LOCAL' </proc/net/fib_trie |
    while read -r first second third; do
      case "$first $second $third" in
        '|-- '*) address=$second ;;
        '/32 host LOCAL') echo "$address" ;;
      esac
    done
}
existing() {
  path=$1
  while [ -n "$path" ] && [ ! -e "$path" ]; do path=\${path%/*}; done
  echo "\${path:-/}"
}
`;

const MAIN = `
  fact began "$(date +%s)"
  socket=$1
  etcd=$2
  program=$3
  plugins=$4
  shift 4
  fact machine-id "$(cat /etc/machine-id 2>/dev/null)"
  fact architecture "$(uname -m)"
  fact swap "$(cat /proc/swaps 2>/dev/null)"
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then fact cgroups 2
  elif [ -d /sys/fs/cgroup/memory ]; then fact cgroups 1
  fi
  for directory in "$@"; do
    fact file-system "$directory" "$(stat -f -c '%i %a %S %d %c' "$(existing "$directory")" 2>/dev/null)"
  done

  if [ -d /run/systemd/system ]; then
    fact kubelet-unit "$(systemctl show kubelet.service -p LoadState -p UnitFileState -p ActiveState 2>/dev/null)"
  fi
  if [ ! -x "$program" ]; then program=$(command -v kubelet); fi
  if [ -n "$program" ]; then
    if way_to_program "$program"; then
      fact kubelet "$program" "$(limited "$program" --version 2>&1)"
    else
      fact kubelet "$program" '' "$flaw" "$mend"
    fi
  fi

  fact sockets "$(for path in "$socket" /run/containerd/containerd.sock /run/crio/crio.sock /run/cri-dockerd.sock; do
    if [ -S "$path" ]; then echo "$path"; fi
  done)"
  if command -v containerd >/dev/null; then
    fact containerd "$(limited containerd --version 2>/dev/null)" "$(limited containerd config dump 2>/dev/null)"
  fi
  if [ -S "$socket" ]; then
    if command -v ctr >/dev/null; then
      fact ctr "$(on_containerd version 2>/dev/null)" "$(on_containerd plugins ls 2>/dev/null)"
    fi
    list_images
  fi
  fact cni-plugins "$(for path in "$plugins"/*; do
    if [ -f "$path" ] && [ -x "$path" ]; then echo "\${path##*/}"; fi
  done)"

  sockets=$(listening)
  fact listening "$sockets"
  fact owners "$(owners "$(echo "$sockets" | while read -r _ inode; do printf '%s ' "$inode"; done)")"
  if [ -r /proc/net/fib_trie ]; then
    fact addresses "$(local_addresses)" "$(cat /proc/net/if_inet6 2>/dev/null)"
  fi
  fact pod-logs "$(cd /var/log/pods 2>/dev/null && ls -1)"
  if [ -n "$etcd" ] && [ -d "$etcd/member" ]; then fact etcd-member; fi
  fact finished "$(date +%s)"
`;

/** Long enough for each of the programs that the script asks to reach its own limit. */
const TIMEOUT = 90_000;

/** One round trip. */
export async function readFacts(
  host: Host,
  {
    criSocket,
    etcdDataDir = "",
    kubelet = PACKAGED.kubelet,
    cniPlugins = CNI_PLUGINS,
    now = Date.now,
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
    functions: `${FUNCTIONS}${IMAGE_FUNCTIONS}`,
    main: MAIN,
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
