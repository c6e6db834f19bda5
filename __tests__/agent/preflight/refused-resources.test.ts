import {
  candidate,
  CLUSTER,
  containerd,
  listener,
  READY,
  refuses,
} from "./facts-of";

const { runtime } = READY;

const SAVING = {
  schedule: "daily",
  directory: "/srv/etcd",
  program: "crictl",
};

refuses([
  [
    "there is no container runtime",
    candidate({
      runtime: {
        socket: false,
        otherSockets: [],
        containerdInstalled: false,
      },
    }),
    "no container runtime: /run/containerd/containerd.sock is missing",
  ],
  [
    "containerd does not run",
    candidate({
      runtime: { socket: false, otherSockets: [], containerdInstalled: true },
    }),
    "containerd is installed, but",
  ],
  [
    "the container runtime is another one",
    candidate({
      runtime: {
        socket: false,
        otherSockets: ["/run/crio/crio.sock"],
        containerdInstalled: false,
      },
    }),
    "listens at /run/containerd/containerd.sock, but one at /run/crio/crio.sock",
  ],
  [
    "the container runtime is silent",
    candidate({ runtime: { ...runtime, answers: false } }),
    "does not answer at /run/containerd/containerd.sock",
  ],
  [
    "containerd is older than CRI v1",
    candidate(containerd({ version: "1.5.18" })),
    "containerd 1.5.18 is too old",
  ],
  [
    "containerd has its CRI plugin disabled",
    candidate(containerd({ cri: false })),
    "does not support CRI",
  ],
  [
    "cgroup drivers differ",
    candidate(containerd({ cgroupDriver: "cgroupfs" })),
    "uses the cgroup driver cgroupfs, its kubelet systemd",
  ],
  [
    "cgroup drivers differ because kubelet has its default",
    candidate(),
    "uses the cgroup driver systemd, its kubelet cgroupfs",
    { ...CLUSTER, kubelet: {} },
  ],
  [
    "plugins of the pod network are missing",
    candidate({ cniPlugins: ["bridge", "ipvlan"] }),
    "/opt/cni/bin has no loopback, which the routed pod network needs.",
  ],
  [
    "a port is taken",
    candidate({ listeners: [listener(6443, "nginx")] }),
    "Port 6443 of kube-apiserver is taken by nginx (process 4711).",
  ],
  [
    "a port is taken by an unknown process",
    candidate({ listeners: [listener(10250)] }),
    "Port 10250 of kubelet is taken.",
  ],
  [
    "etcd of another cluster runs",
    candidate({ listeners: [listener(2379, "etcd"), listener(2380, "etcd")] }),
    "Ports 2379, 2380 of etcd are taken by etcd (process 4711). A component of another cluster runs there",
  ],
  [
    "the kernel has shortened the name of another cluster's program",
    candidate({ listeners: [listener(10257, "kube-controller")] }),
    "A component of another cluster runs there",
  ],
  [
    "a user's process calls itself kubelet",
    candidate({
      listeners: [
        {
          port: 10250,
          process: { pid: 4711, name: "kubelet", foreign: true },
        },
      ],
    }),
    "Port 10250 of kubelet is taken by kubelet (process 4711). Stop the program that listens there",
  ],
  [
    "users other than root can write to a folder of its files",
    candidate(
      {},
      {
        flaws: ["a.yaml", "b.yaml"].map((name) => ({
          path: `/etc/kubernetes/manifests/${name}`,
          problem: "/etc/kubernetes/manifests has mode 0777",
          remedy: "Run: chmod go-w /etc/kubernetes/manifests",
        })),
      },
    ),
    "/etc/kubernetes/manifests has mode 0777, on the way to /etc/kubernetes/manifests/a.yaml and 1 more: a user other than root could redirect what root does there. Run: chmod go-w /etc/kubernetes/manifests. Or choose other paths",
  ],
  [
    "a folder of a node that retires is a link",
    candidate(
      {},
      {
        node: { retire: true },
        flaws: [
          {
            path: "/etc/kubernetes/pki/ca.crt",
            problem: "/etc/kubernetes/pki is a link to /srv/pki",
            remedy: "Replace it with a folder.",
          },
        ],
      },
    ),
    "/etc/kubernetes/pki is a link to /srv/pki",
  ],
  [
    "a disk is full",
    candidate({
      fileSystems: [
        { paths: ["/var/lib/kubelet", "/var/lib/etcd"], freeBytes: 12_900_000 },
      ],
    }),
    "The file system of /var/lib/kubelet, /var/lib/etcd has only 12 MiB left. Free some space: at least 200 MiB",
  ],
  [
    "the directory for etcd's snapshots is full",
    candidate(
      { fileSystems: [{ paths: ["/srv/etcd"], freeBytes: 1024 }] },
      { node: { backup: SAVING } },
    ),
    "The file system of /srv/etcd has only 0 MiB left",
  ],
  [
    "inodes are used up",
    candidate({
      fileSystems: [{ paths: ["/etc"], freeBytes: 2 ** 40, freeInodes: 3 }],
    }),
    "The file system of /etc has only 3 inodes left",
  ],
  [
    "images can neither be imported nor pulled",
    candidate(
      {},
      {
        missingImages: [
          { image: "registry.k8s.io/pause:3.10", reason: "no such host" },
          { image: "registry.k8s.io/etcd:3.6.8-0", reason: "no such host" },
        ],
      },
    ),
    "registry.k8s.io/pause:3.10, registry.k8s.io/etcd:3.6.8-0: no such host.",
  ],
]);
