import { Etcd } from "../../lib";
import { refuses, takes, variable } from "./support/refusals";

const volume = (props: object) => ({
  apiServer: {
    extraVolumes: [{ name: "a", hostPath: "/a", mountPath: "/a", ...props }],
  },
});

describe("an image's repository is refused", () => {
  refuses(
    "%s",
    (
      [
        ["https://registry.example.org", "scheme"],
        ["docker://registry.example.org/a", "scheme"],
        ["registry.example.org/", "slash at the end"],
        ["registry.example.org//k8s", "two slashes"],
        ["/k8s", "Correct it"],
        ["Registry.Example.org/K8s", "lower case"],
        ["registry.example.org/k8s:v1", "tag"],
        ["registry.example.org/k8s@sha256:abc", "digest"],
        ["registry..example.org/k8s", "registry"],
        ["registry.example.org:port/k8s", "registry"],
        ["registry.example.org/k8s-", "registry"],
        ["registry.example.org/a b", "registry"],
      ] as const
    ).map(([imageRepository, part]) => [
      imageRepository,
      { imageRepository },
      `imageRepository "${imageRepository}"`,
      part,
    ]),
  );
  refuses("%s", [
    [
      "of the DNS server",
      { dns: { image: { repository: "https://a" } } },
      "dns.image.repository",
    ],
    [
      "of etcd",
      { etcd: Etcd.stacked({ image: { repository: "A/B" } }) },
      "etcd.image.repository",
    ],
    [
      "with a tag that is none",
      { dns: { image: { tag: "v1:2/3" } } },
      'dns.image.tag "v1:2/3"',
    ],
  ]);
  takes("%s is taken", [
    ["a registry", { imageRepository: "registry.example.org" }],
    ["a port", { imageRepository: "registry.example.org:5000/k8s/core" }],
    ["capitals in the host", { imageRepository: "Registry.Example.org/k8s" }],
    ["localhost", { imageRepository: "localhost/k8s" }],
    ["an IPv6 address", { imageRepository: "[fd00::1]:5000/k8s" }],
    ["a path alone", { imageRepository: "library/k8s_x/y__z" }],
    ["a tag", { dns: { image: { tag: "v1.12.0-patch_1" } } }],
  ]);
});

describe("a volume is refused", () => {
  refuses("%s", [
    ["for its name", volume({ name: "Bad_Name" }), '"Bad_Name"'],
    ["for a long name", volume({ name: "a".repeat(64) }), "63"],
    ["without a name", volume({ name: "" }), "name"],
    ["for a relative hostPath", volume({ hostPath: "a" }), "hostPath", '"a"'],
    ["for a relative mountPath", volume({ mountPath: "a/b" }), "mountPath"],
    ["for .. in its hostPath", volume({ hostPath: "/a/../b" }), "without .."],
    ["for .. in its mountPath", volume({ mountPath: "/a/.." }), "without .."],
    ["for a colon", volume({ mountPath: "/a:b" }), "without :"],
    ["for its type", volume({ pathType: "File2" }), "FileOrCreate"],
    [
      "for a place of the component's own",
      volume({ mountPath: "/etc/kubernetes/pki" }),
      "/etc/kubernetes/pki",
    ],
    [
      "for a place that another has, written otherwise",
      {
        apiServer: {
          extraVolumes: [
            { name: "a", hostPath: "/a", mountPath: "/m" },
            { name: "b", hostPath: "/b", mountPath: "/m/" },
          ],
        },
      },
      '"b" at /m/',
    ],
    [
      "for a name that another has",
      {
        scheduler: {
          extraVolumes: [
            { name: "a", hostPath: "/a", mountPath: "/m" },
            { name: "a", hostPath: "/b", mountPath: "/n" },
          ],
        },
      },
      '"a" twice',
    ],
  ]);
  takes("%s is taken", [
    ["a socket", volume({ pathType: "Socket" })],
    ["one in the place of the component's own", volume({ name: "ca-certs" })],
  ]);
});

describe("a variable is refused", () => {
  refuses("%s", [
    ["without a name", variable({ name: "" }), "at least one"],
    ["for = in its name", variable({ name: "A=B", value: "c" }), '"A=B"'],
    ["for a tab in its name", variable({ name: "A\tB" }), "printable"],
    [
      "for two values",
      variable({ name: "A", value: "b", valueFrom: { fieldRef: {} } }),
      "valueFrom",
    ],
  ]);
  takes("%s is taken", [
    ["a digit first", variable({ name: "1A", value: "x" })],
  ]);
});

describe("a configuration of a component is refused", () => {
  refuses("%s", [
    [
      "for a field that is none",
      { kubelet: { config: { maxpods: 110 } } },
      "kubelet.config.maxpods is not a field",
      "Did you mean maxPods?",
    ],
    [
      "for one deep inside",
      {
        kubelet: {
          config: { authentication: { anonymous: { enable: true } } },
        },
      },
      "kubelet.config.authentication.anonymous.enable",
      "enabled",
    ],
    [
      "for a type",
      { kubelet: { config: { maxPods: "110" } } },
      "kubelet.config.maxPods is a string",
    ],
    ["for a range", { kubelet: { config: { maxPods: -1 } } }, "0 or more"],
    [
      "for a driver",
      { kubelet: { config: { cgroupDriver: "foo" } } },
      "cgroupfs, systemd",
    ],
    [
      "for a percentage",
      { kubelet: { config: { imageGCHighThresholdPercent: 101 } } },
      "0 to 100",
    ],
    [
      "of kube-proxy",
      { kubeProxy: { config: { mod: "ipvs" } } },
      "kubeProxy.config.mod",
      "Did you mean mode?",
    ],
    [
      "of kube-proxy, for its mode",
      { kubeProxy: { config: { mode: "userspace" } } },
      "iptables",
    ],
  ]);
  takes("%s is taken", [
    [
      "its type",
      {
        kubelet: {
          config: {
            apiVersion: "kubelet.config.k8s.io/v1beta1",
            kind: "KubeletConfiguration",
            maxPods: 250,
          },
        },
      },
    ],
    [
      "a field of the user's own build",
      { allowUnknownFlags: true, kubelet: { config: { ours: 1 } } },
    ],
  ]);
});
