import { NodeAccess, PodNetwork } from "../../lib";
import { host, node, NODES } from "../support/cluster";
import { ofNode, type Refusal, refuses, takes } from "./support/refusals";

const MACHINE = "0123456789abcdef0123456789abcdef";

describe("a control plane", () => {
  const behind = (number: number, jumpHost: string) =>
    host(number, { access: NodeAccess.ssh({ host: "10.0.0.11", jumpHost }) });

  refuses("fails when it has %s", [
    [
      "two nodes with different addresses on the same host",
      {
        nodes: [
          host(1),
          host(2, { access: NodeAccess.ssh({ host: "10.0.0.11", port: 22 }) }),
        ],
      },
      '"10.0.0.11:22"',
    ],
    [
      "two nodes on this machine",
      {
        nodes: [
          host(1, { access: NodeAccess.local() }),
          host(2, { access: NodeAccess.local() }),
        ],
      },
      '"this machine"',
    ],
    [
      "two nodes with the same machine id",
      {
        nodes: [
          host(1, { machineId: MACHINE }),
          host(2, { machineId: MACHINE }),
        ],
      },
      MACHINE,
    ],
    [
      "an invalid machine id",
      { nodes: [host(1, { machineId: MACHINE.toUpperCase() })] },
      "0123456789ABCDEF",
      "/etc/machine-id",
    ],
    [
      "one node on a host and one in a directory",
      { nodes: [host(1), node(2), host(3)] },
      "cp-2",
      "cp-1",
      "The control plane",
    ],
    [
      "only nodes that are retired",
      { nodes: [host(1, { retire: true }), host(2, { retire: true })] },
      "destroy",
    ],
    [
      "a retired node in a directory",
      { nodes: [node(1), node(2, { retire: true }), node(3)] },
      "cp-2",
      "Remove the node",
    ],
    ["maxUnavailable 0", { maxUnavailable: 0 }, "maxUnavailable 0"],
    ["a fractional maxUnavailable", { maxUnavailable: 1.5 }, "1.5"],
    [
      "a pod network but no podSubnet",
      {
        nodes: [host(1)],
        podNetwork: PodNetwork.routed(),
        podSubnet: undefined,
      },
      "podSubnet",
    ],
    [
      "a pod network on nodes in directories",
      { nodes: NODES, podNetwork: PodNetwork.routed() },
      "NodeAccess.directory()",
    ],
    [
      "a pod network although no blocks are allocated to nodes",
      {
        nodes: [host(1)],
        podNetwork: PodNetwork.routed(),
        controllerManager: { extraArgs: { "allocate-node-cidrs": "false" } },
      },
      "allocate-node-cidrs",
    ],
    [
      "a kubelet without a health port",
      { nodes: [host(1)], kubelet: { config: { healthzPort: 0 } } },
      "healthzPort 0",
      "cp-1",
    ],
    [
      "a missing image archive",
      { nodes: [host(1)], images: { archives: ["nothing.tar"] } },
      '"nothing.tar"',
    ],
    [
      "a node with the name workers",
      { nodes: [node(1, { name: "workers" })] },
      '"workers"',
    ],
  ]);

  takes("accepts %s", [
    [
      "the same address behind two jump hosts, because these are two hosts",
      { nodes: [behind(1, "a"), behind(2, "b")] },
    ],
    [
      "a kubelet without a health port on a node in a directory",
      { kubelet: { config: { healthzPort: 0 } } },
    ],
    [
      "this machine and other hosts together",
      { nodes: [host(1, { access: NodeAccess.local() }), host(2)] },
    ],
  ]);
});

describe("a node is refused", () => {
  refuses("%s", [
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
    ).flatMap(([address, use]): Refusal[] => [
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
  takes("%s is taken", [
    ["a name of digits", ofNode({ name: "101" })],
    ["a name like an address", ofNode({ name: "10.0.0.11" })],
    ["crio's socket", ofNode({ criSocket: "unix:///var/run/crio/crio.sock" })],
    ["all addresses to bind", ofNode({ bindAddress: "0.0.0.0" })],
  ]);
});
