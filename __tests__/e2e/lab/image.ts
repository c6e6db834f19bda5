import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { binariesOf, type Say, KUBERNETES } from "../binaries";
import { madeOnce } from "./cache";
import { makeImages, pauseImage, PROGRAM_SOURCES, programIn } from "./images";
import { run, withMounts } from "./shell";

/** The image of hosts. All hosts share it, and it is never changed. */
export interface HostImage {
  /** The root file system. */
  readonly rootfs: string;
  /** The content of `/var/lib/containerd` on a host with all images. */
  readonly containerd: string;
  /** The folder of the images' tar files: `kube-apiserver.tar`, … */
  readonly images: string;
}

const SUITE = "bookworm";
const PACKAGES = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "openssh-server",
  "sudo",
  "procps",
  "iproute2",
  "iptables",
  "conntrack",
  "ethtool",
  "socat",
  "kmod",
  "containerd",
  "runc",
  "containernetworking-plugins",
  "curl",
  "ca-certificates",
  "haproxy",
  "keepalived",
];

const FILES: Readonly<Record<string, string>> = {
  // As in Kubernetes' own package. The drop-in is delivered to a host.
  "usr/lib/systemd/system/kubelet.service": `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`,
  // Without this setting, no sandbox can be created in a host that is itself a container.
  "etc/containerd/config.toml": `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "${pauseImage(KUBERNETES)}"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
`,
  "etc/systemd/system/lab-machine.service": `[Unit]
Description=Be a machine
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=sh -eu /usr/local/lib/lab-machine.sh

[Install]
WantedBy=sysinit.target
`,
  "usr/local/lib/lab-machine.sh": `# What a machine grants to its kubelet, and a container doesn't.
mount -o remount,rw /proc/sys
mount -o remount,rw /sys
mount --make-rshared /
sysctl --quiet --write net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
# What a kubelet sets of the kernel, which is that of all hosts and of the machine below.
for file in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops \\
  kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  mkdir -p "/run/lab/\${file%/*}"
  cat "/proc/sys/$file" > "/run/lab/$file"
  mount --bind "/run/lab/$file" "/proc/sys/$file"
done
`,
  "etc/sudoers.d/admin": "admin ALL=(ALL) NOPASSWD: ALL\n",
  "etc/environment":
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
};

/** Runs in the new root file system. */
const CONFIGURE = `
useradd --create-home --shell /bin/bash admin
chmod 440 /etc/sudoers.d/admin
mkdir -p /opt/cni && ln -s /usr/lib/cni /opt/cni/bin
mkdir -p /etc/cni/net.d /var/lib/containerd /var/log/journal
# Each host has its own.
rm -f /etc/ssh/ssh_host_* /etc/machine-id /var/lib/dbus/machine-id /etc/resolv.conf /etc/hostname
systemctl enable lab-machine.service
# Packages only bring the programs: nobody configured these services.
systemctl disable haproxy.service keepalived.service
systemctl mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
  console-getty.service getty.target systemd-logind.service
rm -rf /var/cache/apt/archives/*.deb /var/lib/apt/lists/*
`;

/** Unpacks the images once for all hosts, with the hosts' containerd. */
const IMPORT = `
mount -t proc proc "$ROOT/proc"
mount --rbind /sys "$ROOT/sys"
mount -t tmpfs tmpfs "$ROOT/run"
mount --bind "$STORE" "$ROOT/var/lib/containerd"
mount --bind "$IMAGES" "$ROOT/mnt"
exec chroot "$ROOT" sh -euc '
  containerd >/run/log 2>&1 &
  for i in $(seq 100); do ctr version >/dev/null 2>&1 && break; sleep 0.2; done
  for tar in /mnt/*.tar; do ctr --namespace k8s.io images import "$tar" || { tail -n 20 /run/log; exit 1; }; done
  kill $!
  wait $!
'
`;

/** Makes the host image, which takes minutes, unless it exists already. */
export function hostImage(say: Say): HostImage {
  const path = binariesOf(KUBERNETES, () => {});
  const debian = madeOnce("debian", [SUITE, PACKAGES], say, (directory) =>
    run([
      "debootstrap",
      "--variant=minbase",
      `--include=${PACKAGES.join()}`,
      SUITE,
      join(directory, "rootfs"),
      mirror(),
    ]),
  );
  const sources = ["image.ts", "images.ts"].map((name) =>
    join(__dirname, name),
  );
  const inputs = [...sources, ...PROGRAM_SOURCES].map((file) =>
    readFileSync(file, "utf8"),
  );
  const hosts = madeOnce(
    "host",
    [debian, KUBERNETES, inputs],
    say,
    (directory) => {
      const { rootfs, containerd, images } = within(directory);
      run(["cp", "--archive", join(debian, "rootfs"), rootfs]);
      configure(rootfs, path);
      makeImages(KUBERNETES, path, rootfs, images);
      mkdirSync(containerd);
      withMounts(IMPORT, { ROOT: rootfs, STORE: containerd, IMAGES: images });
    },
  );
  return within(hosts);
}

const within = (directory: string): HostImage => ({
  rootfs: join(directory, "rootfs"),
  containerd: join(directory, "containerd"),
  images: join(directory, "images"),
});

function configure(rootfs: string, path: string): void {
  for (const [file, text] of Object.entries(FILES)) {
    const to = join(rootfs, file);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text);
  }
  for (const program of ["kubelet", "kubeadm", "kubectl"])
    cpSync(programIn(path, program), join(rootfs, "usr/bin", program));
  withMounts(`chroot "$ROOT" sh -euc "$SCRIPT"`, {
    ROOT: rootfs,
    SCRIPT: CONFIGURE,
  });
}

/** The Debian mirror of this machine, if it runs Debian. */
function mirror(): string {
  const folder = "/etc/apt/sources.list.d";
  const files = existsSync(folder)
    ? readdirSync(folder).map((name) => join(folder, name))
    : [];
  for (const file of ["/etc/apt/sources.list", ...files]) {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    const [, uri] =
      /^(?:URIs:|deb\s)[^#\n]*?(https?:\/\/\S+\/debian)\/?(?:\s|$)/m.exec(
        text,
      ) ?? [];
    if (uri) return uri;
  }
  return "http://deb.debian.org/debian";
}
