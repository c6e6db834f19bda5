import { ControlPlane, type ControlPlaneProps } from "../../lib";
import {
  clusterProps,
  newControlPlane,
  node,
  NODES,
  token,
} from "../support/cluster";
import { artefactsOf } from "../support/synthesized";
import { ofNode, refuses, takes } from "./support/refusals";

describe("a network that is not valid is refused, with its value and what to write instead", () => {
  refuses("fails with %s", [
    [
      "a subnet without a prefix length",
      { podSubnet: "10.244.0.0" },
      '"10.244.0.0"',
      "podSubnet",
    ],
    [
      "a subnet with an invalid address",
      { podSubnet: "10.244.0/16" },
      '"10.244.0/16"',
    ],
    [
      "a subnet with an invalid prefix length",
      { podSubnet: "10.0.0.0/33" },
      '"10.0.0.0/33"',
    ],
    ["a subnet that is a token", { podSubnet: token }, "(a token", "literal"],
    [
      "two subnets of the same IP family",
      { podSubnet: "10.1.0.0/16,10.2.0.0/16" },
      "10.1.0.0/16,10.2.0.0/16",
    ],
    ["an empty serviceSubnet", { serviceSubnet: "" }, "serviceSubnet"],
    [
      "a serviceSubnet that is too small for the cluster DNS",
      { serviceSubnet: "10.96.0.0/30" },
      "10.96.0.0/30",
      "/12 to /28",
    ],
    [
      "a serviceSubnet that is too large",
      { serviceSubnet: "10.0.0.0/8" },
      "10.0.0.0/8",
    ],
    [
      "a podSubnet that is smaller than a node's block",
      { podSubnet: "10.244.0.0/25" },
      "10.244.0.0/25",
      "/24",
    ],
    [
      "overlapping subnets",
      { podSubnet: "10.96.0.0/16" },
      "podSubnet 10.96.0.0/16",
      "serviceSubnet 10.96.0.0/12",
    ],
    [
      "a node address in serviceSubnet",
      { nodes: [node(1, { address: "10.96.0.5" })] },
      "10.96.0.5",
      "10.96.0.0/12",
    ],
    [
      "one IP family for pods and two for services",
      { serviceSubnet: "10.96.0.0/12,fd00::/112" },
      "10.244.0.0/16",
      "fd00::/112",
    ],
    [
      "a node address of another IP family than serviceSubnet",
      { nodes: [node(1, { address: "fd01::1" })] },
      '"fd01::1"',
      "10.96.0.0/12",
    ],
    ["port 0", { nodes: [node(1, { bindPort: 0 })] }, "bindPort", "0", "65535"],
    ["a port beyond 65535", { nodes: [node(1, { bindPort: 65536 })] }, "65536"],
    ["a fractional port", { nodes: [node(1, { bindPort: 1.5 })] }, "1.5"],
    [
      "an endpoint without a port",
      { endpoint: "api.example.org" },
      '"api.example.org"',
    ],
    [
      "an endpoint with an invalid port",
      { endpoint: "api:99999" },
      '"api:99999"',
    ],
    [
      "an endpoint that is a URL",
      { endpoint: "https://api:6443" },
      '"https://api:6443"',
    ],
    [
      "an IPv6 endpoint without brackets",
      { endpoint: "fd00::1:6443" },
      '"fd00::1:6443"',
      "brackets",
    ],
    ["a name in brackets", { endpoint: "[api]:6443" }, '"[api]:6443"'],
    [
      "an endpoint with an invalid IPv4 address",
      { endpoint: "10.0.0.256:6443" },
      "10.0.0.256",
    ],
    [
      "an endpoint that is a token without a port",
      { endpoint: token },
      "(a token",
      "port",
    ],
    ["an endpoint with shell characters", { endpoint: "a`id`:6443" }, "a`id`"],
    [
      "several nodes without an endpoint",
      { nodes: NODES, endpoint: undefined },
      "3 nodes",
      "endpoint",
    ],
  ]);
});

type Props = Partial<ControlPlaneProps>;

describe("an endpoint", () => {
  refuses("%s", [
    ["of all addresses is refused", { endpoint: "0.0.0.0:6443" }, "0.0.0.0"],
    ["with a zone is refused", { endpoint: "[fe80::1%a]:6443" }, "host:port"],
    [
      "that is an expression as text is refused",
      { endpoint: "${aws_lb.a.dns_name}:6443" },
      "getStringAttribute",
    ],
  ]);
  test("has no capitals", () => {
    expect(newControlPlane({ endpoint: "API.Example.org:6443" }).endpoint).toBe(
      "https://api.example.org:6443",
    );
  });
});

describe("a SAN is refused", () => {
  refuses("%s", [
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
  refuses("%s", [
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
  takes("%s is taken", [
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
