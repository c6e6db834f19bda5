import { TerraformStack, Testing } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  Duration,
  Endpoint,
  Etcd,
  Runtime,
  Store,
} from "../../lib";
import { clusterProps, node, NODES } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf } from "../support/synthesized";
import { warningsOf } from "../support/warnings";

type Props = Partial<ControlPlaneProps>;
type Case = [what: string, props: Props, ...parts: string[]];

const controlPlane = (props: Props) =>
  new ControlPlane(
    new TerraformStack(Testing.app(), "stack"),
    "cluster",
    clusterProps(props),
  );

const refuses = (cases: readonly Case[]) =>
  it.each(cases)("%s", (_, props, ...parts) =>
    expectHelpful(
      messageOf(() => controlPlane(props)),
      ...parts,
    ),
  );

const takes = (cases: readonly [string, Props][]) =>
  it.each(cases)("%s is taken", (_, props) => {
    expect(() => controlPlane(props)).not.toThrow();
  });

const ofNode = (props: Parameters<typeof node>[1]) => ({
  nodes: [node(1, props)],
});

const token = (props: object) => ({ bootstrapTokens: [props] }) as Props;

const volume = (props: object) => ({
  apiServer: {
    extraVolumes: [{ name: "a", hostPath: "/a", mountPath: "/a", ...props }],
  },
});

const variable = (props: object) =>
  ({ scheduler: { extraEnvs: [props] } }) as Props;

describe("an image's repository is refused", () => {
  refuses(
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
    ).map(([imageRepository, part]): Case => [
      imageRepository,
      { imageRepository },
      `imageRepository "${imageRepository}"`,
      part,
    ]),
  );
  refuses([
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
  takes([
    ["a registry", { imageRepository: "registry.example.org" }],
    ["a port", { imageRepository: "registry.example.org:5000/k8s/core" }],
    ["capitals in the host", { imageRepository: "Registry.Example.org/k8s" }],
    ["localhost", { imageRepository: "localhost/k8s" }],
    ["an IPv6 address", { imageRepository: "[fd00::1]:5000/k8s" }],
    ["a path alone", { imageRepository: "library/k8s_x/y__z" }],
    ["a tag", { dns: { image: { tag: "v1.12.0-patch_1" } } }],
  ]);
});

describe("a bootstrap token is refused", () => {
  refuses([
    ["for its usage", token({ usages: ["sign"] }), 'usages has "sign"'],
    ["for its group", token({ groups: ["foo"] }), 'groups has "foo"'],
    [
      "for a group without a name",
      token({ groups: ["system:bootstrappers:"] }),
      "system:bootstrappers:",
    ],
    [
      "for capitals in its group",
      token({ groups: ["system:bootstrappers:Bad Group"] }),
      "Bad Group",
    ],
    ["for an endless ttl", token({ ttl: ".inf" }), 'ttl is ".inf"'],
    ["for days", token({ ttl: "1d" }), "duration"],
    ["for a negative ttl", token({ ttl: "-1h" }), '"-1h"'],
    ["for a ttl beyond Go", token({ ttl: "2562048h" }), "2562047h"],
    ["for an end that is none", token({ expires: "tomorrow" }), "RFC 3339"],
    [
      "for the 30th of February",
      token({ expires: "2030-02-30T00:00:00Z" }),
      "expires",
    ],
  ]);
  takes([
    ["one that does not expire", token({ ttl: "0" })],
    ["an end", token({ expires: "2030-01-31T12:00:00+01:00" })],
    ["a group", token({ groups: ["system:bootstrappers:a:b-1"] })],
  ]);
});

describe("a volume is refused", () => {
  refuses([
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
  takes([
    ["a socket", volume({ pathType: "Socket" })],
    ["one in the place of the component's own", volume({ name: "ca-certs" })],
  ]);
});

describe("a variable is refused", () => {
  refuses([
    ["without a name", variable({ name: "" }), "at least one"],
    ["for = in its name", variable({ name: "A=B", value: "c" }), '"A=B"'],
    ["for a tab in its name", variable({ name: "A\tB" }), "printable"],
    [
      "for two values",
      variable({ name: "A", value: "b", valueFrom: { fieldRef: {} } }),
      "valueFrom",
    ],
  ]);
  takes([["a digit first", variable({ name: "1A", value: "x" })]]);
});

describe("a node is refused", () => {
  refuses([
    ["for a socket that is none", ofNode({ criSocket: "--" }), '"--"'],
    ["for a socket without a scheme", ofNode({ criSocket: "/run/a" }), "unix"],
    [
      "for a relative socket",
      ofNode({ criSocket: "unix://run/a" }),
      "unix:///",
    ],
    ["for HTTP", ofNode({ criSocket: "http://a" }), "unix"],
    [
      "for words behind its socket",
      ofNode({ criSocket: "unix:///run/x --foo" }),
      "--foo",
    ],
    [
      "for a name that is too long for a label",
      ofNode({ name: `${"a".repeat(40)}.${"b".repeat(40)}` }),
      "63",
    ],
    ...(
      [
        ["0.0.0.0", "all addresses"],
        ["127.0.0.1", "loopback"],
        ["127.8.0.1", "loopback"],
        ["224.0.0.1", "multicast"],
        ["255.255.255.255", "broadcast"],
        ["169.254.1.1", "link-local"],
      ] as const
    ).flatMap(([address, use]): Case[] => [
      [address, ofNode({ address }), address, use],
      [
        `${address} among its addresses`,
        ofNode({ addresses: [address] }),
        address,
        use,
      ],
    ]),
    ["for ::", ofNode({ addresses: ["::"] }), "all addresses"],
    ["for ::1", ofNode({ addresses: ["0:0::1"] }), "loopback"],
    ["for ff02::1", ofNode({ addresses: ["ff02::1"] }), "multicast"],
    ["for fe80::1", ofNode({ addresses: ["fe80::1"] }), "link-local"],
    ["for a zone", ofNode({ addresses: ["fe80::1%eth0"] }), "zone"],
    [
      "for an IPv4 address in IPv6",
      ofNode({ addresses: ["::ffff:10.0.0.1"] }),
      "IPv4",
    ],
    [
      "for a multicast bindAddress",
      ofNode({ bindAddress: "224.0.0.1" }),
      "multicast",
    ],
    [
      "for an expression that is text",
      ofNode({ address: "${terraform_data.x.output.ip}" }),
      "token",
      "getStringAttribute",
    ],
  ]);
  takes([
    ["a name of digits", ofNode({ name: "101" })],
    ["a name like an address", ofNode({ name: "10.0.0.11" })],
    ["crio's socket", ofNode({ criSocket: "unix:///var/run/crio/crio.sock" })],
    ["all addresses to bind", ofNode({ bindAddress: "0.0.0.0" })],
  ]);
});

describe("an endpoint", () => {
  refuses([
    ["of all addresses is refused", { endpoint: "0.0.0.0:6443" }, "0.0.0.0"],
    ["with a zone is refused", { endpoint: "[fe80::1%a]:6443" }, "host:port"],
    [
      "that is an expression as text is refused",
      { endpoint: "${aws_lb.a.dns_name}:6443" },
      "getStringAttribute",
    ],
  ]);
  test("has no capitals", () => {
    expect(controlPlane({ endpoint: "API.Example.org:6443" }).endpoint).toBe(
      "https://api.example.org:6443",
    );
  });
});

describe("a SAN is refused", () => {
  refuses([
    ["in brackets", { certSans: ["[fd00::1]"] }, 'Write "fd00::1"'],
    ["with a zone", { certSans: ["fe80::1%eth0"] }, "zone"],
    ["that is a URL", { certSans: ["https://a.example"] }, "https://a.example"],
    ["with an underscore", { certSans: ["my_api.example"] }, "my_api"],
    ["that is an expression", { certSans: ["${a.b.c}"] }, "getStringAttribute"],
  ]);
});

describe("a network is refused", () => {
  const dual = {
    podSubnet: "10.244.0.0/16,fd00:1::/56",
    serviceSubnet: "10.96.0.0/12,fd00:2::/112",
  };
  const mask = (flags: Record<string, string>, more: Props = {}) => ({
    ...more,
    controllerManager: { extraArgs: flags },
  });
  refuses([
    [
      "for bits beyond its prefix",
      { podSubnet: "10.244.1.0/16" },
      'Write "10.244.0.0/16"',
    ],
    [
      "for such bits of services",
      { serviceSubnet: "10.96.0.1/16" },
      'Write "10.96.0.0/16"',
    ],
    [
      "for too few blocks",
      { nodes: NODES, endpoint: "a.example:6443", podSubnet: "10.244.0.0/24" },
      "one block of /24 for 3 nodes",
    ],
    [
      "for one mask with two families",
      mask({ "node-cidr-mask-size": "25" }, dual),
      "--node-cidr-mask-size.",
      "--node-cidr-mask-size-ipv4 and --node-cidr-mask-size-ipv6",
    ],
    [
      "for the mask of a family with one",
      mask({ "node-cidr-mask-size-ipv6": "80" }, { podSubnet: "10.1.0.0/16" }),
      "--node-cidr-mask-size-ipv6",
    ],
    [
      "for a mask that is no number",
      mask({ "node-cidr-mask-size": "abc" }, { podSubnet: "10.1.0.0/16" }),
      "whole number",
    ],
    [
      "for services of a family that pods lack",
      { podSubnet: "10.1.0.0/16", serviceSubnet: dual.serviceSubnet },
      "different IP families",
    ],
  ]);
  takes([
    [
      "dual-stack pods with services of one family",
      { podSubnet: dual.podSubnet, serviceSubnet: "10.96.0.0/12" },
    ],
    [
      "pods in the nodes' network where nobody allocates",
      mask(
        { "allocate-node-cidrs": "false" },
        {
          podSubnet: "192.168.0.0/16",
          nodes: [node(1, { address: "192.168.0.9" })],
        },
      ),
    ],
    [
      "a mask for each family",
      mask(
        { "node-cidr-mask-size-ipv4": "25", "node-cidr-mask-size-ipv6": "64" },
        dual,
      ),
    ],
  ]);
});

describe("a configuration of a component is refused", () => {
  refuses([
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
  takes([
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

describe("a version is refused", () => {
  refuses([
    ["without a patch", { kubernetesVersion: "1.36" }, "1.36.1"],
    ["that is older", { kubernetesVersion: "1.32.1" }, "older"],
    ["that is newer", { kubernetesVersion: "1.38.0" }, "newer", "Upgrade"],
    ["that is a word", { kubernetesVersion: "latest" }, "not a version"],
    ["that is none", { kubernetesVersion: "" }, "not a version"],
    ["with a blank", { kubernetesVersion: "1.36.3 " }, "not a version"],
    ["with a placeholder", { kubernetesVersion: "1.36.x" }, "not a version"],
  ]);
});

test("what is renewed before it is made is refused", () => {
  const renewBefore = Duration.days(365);
  expectHelpful(
    messageOf(() => controlPlane({ renewBefore })),
    "renewBefore is 8760h",
    "valid for 8760h",
  );
  const stack = new TerraformStack(Testing.app(), "stack");
  const store = new Store(stack, "store", { directory: "clusters/x" });
  expectHelpful(
    messageOf(
      () =>
        new Certificate(stack, "it", {
          certificateAuthority: new CertificateAuthority(stack, "ca", {
            store,
            commonName: "ca",
          }),
          commonName: "x",
          usages: ["clientAuth"],
          validity: Duration.days(10),
          renewBefore: Duration.days(11),
        }),
    ),
    "renewBefore is 264h",
  );
});

describe("what kubeadm takes is taken", () => {
  takes([
    ["a slash at the end", { certificatesDir: "/etc/kubernetes/pki/" }],
    [
      "one of etcd's data",
      { etcd: Etcd.stacked({ dataDir: "/var/lib/etcd/" }) },
    ],
    [
      "one of binaries",
      {
        runtime: Runtime.systemd({
          binaryDirectory: "/opt/bin/",
          logDirectory: "/var/log/k8s/",
        }),
      },
    ],
    ["capitals in a cluster's name", { clusterName: "MyCluster" }],
    ["an underscore in a cluster's name", { clusterName: "my_cluster" }],
    [
      "a virtual IP",
      { endpoint: Endpoint.virtualIp({ address: "192.168.0.99" }) },
    ],
  ]);

  test("a slash at the end is no part of a path", () => {
    const plain = controlPlane({ certificatesDir: "/etc/kubernetes/pki" });
    const slash = controlPlane({ certificatesDir: "/etc/kubernetes/pki/" });
    const synth = (of: ControlPlane) =>
      Testing.synth(of.node.scope as TerraformStack);
    expect(synth(slash)).toEqual(synth(plain));
  });
});

describe("what else Kubernetes or kubeadm would refuse is refused", () => {
  refuses([
    [
      "a feature gate that kubeadm does not have",
      { featureGates: { Nonsense: true } },
      'featureGates has "Nonsense"',
      "RootlessControlPlane",
    ],
    [
      "a misspelled feature gate",
      { featureGates: { NodeLocalCRISockets: true } },
      "Did you mean NodeLocalCRISocket?",
    ],
    [
      "a feature gate that this version no longer has",
      { featureGates: { WaitForAllControlPlaneComponents: true } },
      "v1.36.3",
    ],
    [
      "a label of Kubernetes that kubelet may not set",
      ofNode({
        kubeletExtraArgs: {
          "node-labels": "a=b,node-role.kubernetes.io/infra=",
        },
      }),
      'kubeletExtraArgs of node cp-1 has --node-labels with "node-role.kubernetes.io/infra"',
      "labels of the node",
    ],
    [
      "the same for all kubelets",
      { kubelet: { extraArgs: { "node-labels": "x.k8s.io/a=b" } } },
      '"x.k8s.io/a"',
    ],
    [
      "a variable with a misspelled source",
      variable({ name: "A", valueFrom: { fieldReff: { fieldPath: "a" } } }),
      'valueFrom of "A" has fieldReff',
      "Did you mean fieldRef?",
    ],
    [
      "a variable with two sources",
      variable({ name: "A", valueFrom: { fieldRef: {}, secretKeyRef: {} } }),
      "fieldRef, secretKeyRef",
    ],
    [
      "a flag with underscores",
      { apiServer: { extraArgs: { audit_log_maxage: "30" } } },
      "Did you mean audit-log-maxage?",
    ],
    [
      "a flag with dashes and a value in its name",
      { apiServer: { extraArgs: { "--audit-log-maxage=30": "" } } },
      "Did you mean audit-log-maxage?",
    ],
  ]);
  it.each(["0.0.0.0", "224.0.0.18", "127.0.0.1", "fe80::1", "ff02::12"])(
    "the virtual IP %s",
    (address) =>
      expectHelpful(
        messageOf(() => Endpoint.virtualIp({ address, routerId: 51 })),
        `address of Endpoint.virtualIp is ${address}`,
      ),
  );
  takes([
    ["a feature gate", { featureGates: { NodeLocalCRISocket: false } }],
    [
      "a label that kubelet may set",
      ofNode({
        kubeletExtraArgs: {
          "node-labels":
            "example.org/a=b,topology.kubernetes.io/zone=c,node.kubernetes.io/x=y",
        },
      }),
    ],
    [
      "a variable from a field",
      variable({ name: "A", valueFrom: { fieldRef: { fieldPath: "a" } } }),
    ],
  ]);
});

test("a flag with an expression of Terraform's as text is told", () => {
  const path = "${terraform_data.x.output.path}";
  const warnings = (extraArgs: Record<string, string | string[]>) =>
    warningsOf((stack) => {
      new ControlPlane(
        stack,
        "cluster",
        clusterProps({ apiServer: { extraArgs } }),
      );
    });
  expect(warnings({ "audit-log-path": path })).toEqual([
    expect.stringContaining(
      `apiServer.extraArgs has --audit-log-path with "${path}". Text is data`,
    ),
  ]);
  expect(warnings({ "api-audiences": ["a", path] })).toHaveLength(1);
  expect(warnings({ "audit-log-path": "/var/log/${HOSTNAME}.log" })).toEqual(
    [],
  );
});

test("with two families, kubelet gets an address of each", () => {
  const flags = (addresses: string[]) => {
    const files = artefactsOf((stack) => {
      new ControlPlane(
        stack,
        "cluster",
        clusterProps({
          podSubnet: "10.244.0.0/16,fd00:10:244::/56",
          serviceSubnet: "10.96.0.0/16,fd00:10:96::/112",
          ...ofNode({ addresses }),
        }),
      );
    });
    return files.get("nodes/cp-1/root/var/lib/kubelet/kubeadm-flags.env")!.spec;
  };
  expect(flags(["10.0.0.99", "fd00::11"])).toContain(
    "--node-ip=10.0.0.11,fd00::11",
  );
  expect(flags(["10.0.0.99"])).not.toContain("--node-ip");
});
