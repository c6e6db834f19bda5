import { join } from "node:path";
import { CONTROL_GROUPS, joined } from "./control-groups";
import type { Surroundings } from "./surroundings";

interface Booted {
  readonly name: string;
  readonly address: string;
  /** The folder of its disk. */
  readonly directory: string;
}

/** The command that becomes the host after it has printed `ready` and received a line. */
export function bootCommand(
  { name, address, directory }: Booted,
  lab: Surroundings,
): string[] {
  const root = join(directory, "root");
  const layers = [
    `lowerdir=${lab.image.rootfs}`,
    `upperdir=${join(directory, "disk")}`,
    `workdir=${join(directory, "work")}`,
  ];
  const become = [
    `mount -t overlay -o ${layers.join()} overlay ${root}`,
    // systemd-nspawn would otherwise leave files of every machine there.
    "mount -t tmpfs tmpfs /run",
    // It sees only its own control groups, so that no kubelet changes those of another host.
    "mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup",
    ...CONTROL_GROUPS.flatMap(({ name, options }) => [
      `mkdir /sys/fs/cgroup/${name}`,
      `mount -t cgroup -o ${options} cgroup /sys/fs/cgroup/${name}`,
    ]),
    // systemd-nspawn puts all processes of the host into this group, which systemd must see as the root.
    "mkdir /sys/fs/cgroup/systemd/payload",
    "echo ready",
    "read -r line",
    "ip link set lo up",
    "ip link set eth0 up",
    `ip address add ${address}/${lab.prefix} dev eth0`,
    `ip route add default via ${lab.gateway}`,
    [
      `exec systemd-nspawn --directory=${root} --machine=${name} --boot`,
      "--network-namespace-path=/proc/self/ns/net --resolv-conf=off --timezone=off --link-journal=no",
      "--register=no --keep-unit --capability=all --system-call-filter=@known",
      "--bind=/sys/fs/cgroup --bind=/sys/fs/cgroup/systemd/payload:/sys/fs/cgroup/systemd --bind=/dev/kmsg",
      `--bind=${join(directory, "containerd")}:/var/lib/containerd`,
      "--console=pipe </dev/null >&2",
    ].join(" "),
  ];
  const script = [
    ...joined(join(lab.id, name)),
    'exec unshare --mount --net --cgroup --uts --pid --fork --kill-child --mount-proc sh -euc "$1"',
  ];
  return [
    "--pdeathsig",
    "KILL",
    "sh",
    "-euc",
    script.join("\n"),
    "sh",
    become.join("\n"),
  ];
}
