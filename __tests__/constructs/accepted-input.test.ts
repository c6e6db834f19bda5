import { node, token } from "../support/cluster";
import { takes } from "./support/refusals";

describe("accepted props:", () => {
  takes("%s", [
    [
      "tokens as addresses and names",
      {
        nodes: [node(1, { address: token })],
        certSans: [token],
        endpoint: `${token}:6443`,
      },
    ],
    ["an IPv6 endpoint in brackets", { endpoint: "[fd00::1]:6443" }],
    ["an endpoint by address", { endpoint: "10.0.0.1:443" }],
    [
      "a wildcard in certSans",
      { certSans: ["*.example.org", "10.0.0.1", "fd00::1"] },
    ],
    [
      "dual stack",
      {
        podSubnet: "10.244.0.0/16,fd01::/56",
        serviceSubnet: "10.96.0.0/16,fd00::/112",
      },
    ],
    [
      "IPv6 alone",
      {
        nodes: [node(1, { address: "fd02::1" })],
        podSubnet: "fd01::/56",
        serviceSubnet: "fd00::/112",
      },
    ],
    ["a leading v", { kubernetesVersion: "v1.35.4" }],
    [
      "paths that differ only in their separators",
      {
        nodes: [
          node(1, {
            files: [
              { path: "/a/b", text: "" },
              { path: "/a-b", text: "" },
            ],
          }),
        ],
      },
    ],
    [
      "labels in the format of Kubernetes",
      {
        nodes: [
          node(1, {
            labels: { "topology.kubernetes.io/zone": "eu-1_a.b", x: "" },
          }),
        ],
      },
    ],
  ]);
});
