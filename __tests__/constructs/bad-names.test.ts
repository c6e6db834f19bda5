import { Etcd } from "../../lib";
import { node, token } from "../support/cluster";
import { refuses } from "./support/refusals";

describe("a name that is not valid is refused, with its value and what to write instead", () => {
  refuses("fails with %s", [
    ["a blank in a cluster's name", { clusterName: "a b" }, '"a b"', "letters"],
    ["a dot at the end of a cluster's name", { clusterName: "a." }, '"a."'],
    [
      "a cluster's name that leads out of the folder",
      { clusterName: "../x" },
      '"../x"',
    ],
    [
      "a shell expression in a cluster's name",
      { clusterName: "$(id)" },
      '"$(id)"',
    ],
    [
      "a cluster's name that is a token",
      { clusterName: token },
      "(a token",
      "literal",
    ],
    ["an empty cluster's name", { clusterName: "" }, '""'],
    [
      "upper case in a node's name",
      { nodes: [node(1, { name: "CP" })] },
      '"CP"',
      "RFC 1123",
    ],
    [
      "a shell character in a node's name",
      { nodes: [node(1, { name: "a;b" })] },
      '"a;b"',
    ],
    [
      "a YAML character in a node's name",
      { nodes: [node(1, { name: "a: b" })] },
      '"a: b"',
    ],
    [
      "a line break in a node's name",
      { nodes: [node(1, { name: "a\nb" })] },
      '"a\\nb"',
    ],
    ["a path as a node's name", { nodes: [node(1, { name: ".." })] }, '".."'],
    [
      "an IPv6 address as a node's name",
      { nodes: [node(1, { name: "fd00::1" })] },
      '"fd00::1"',
    ],
    [
      "a long label in a node's name",
      { nodes: [node(1, { name: "a".repeat(64) })] },
      "aaaa",
      "63",
    ],
    [
      "a node's name that is a token",
      { nodes: [node(1, { name: token })] },
      "(a token",
      "literal",
    ],
    [
      "two nodes with the same name",
      { nodes: [node(1), node(2, { name: "cp-1" })] },
      '"cp-1"',
    ],
    [
      "two nodes with the same address",
      { nodes: [node(1), node(2, { address: "10.0.0.11" })] },
      '"10.0.0.11"',
    ],
    [
      "a name as a node's address",
      { nodes: [node(1, { address: "host" })] },
      '"host"',
      "cp-1",
    ],
    [
      "an address with a port",
      { nodes: [node(1, { address: "10.0.0.1:22" })] },
      '"10.0.0.1:22"',
    ],
    [
      "an address in brackets",
      { nodes: [node(1, { address: "[fd00::1]" })] },
      '"[fd00::1]"',
    ],
    [
      "an invalid further address",
      { nodes: [node(1, { addresses: ["x"] })] },
      '"x"',
    ],
    ["no nodes", { nodes: [] }, "nodes is empty"],
    [
      "an invalid DNS domain",
      { dnsDomain: "cluster_local" },
      '"cluster_local"',
      "dnsDomain",
    ],
    ["an invalid name in certSans", { certSans: ["a b"] }, '"a b"', "certSans"],
    ["two wildcards in certSans", { certSans: ["*.*.x"] }, '"*.*.x"'],
    [
      "an invalid name in etcd's serverCertSans",
      { etcd: Etcd.stacked({ serverCertSans: ["a b"] }) },
      "etcd.serverCertSans",
      '"a b"',
    ],
    [
      "an invalid name in etcd's peerCertSans",
      { etcd: Etcd.stacked({ peerCertSans: ["a'b"] }) },
      "etcd.peerCertSans",
    ],
    [
      "an invalid label key",
      { nodes: [node(1, { labels: { "a b": "c" } })] },
      '"a b=c"',
      "cp-1",
    ],
    [
      "an invalid label value",
      { nodes: [node(1, { labels: { a: "b;c" } })] },
      '"a=b;c"',
    ],
    [
      "an invalid taint",
      { nodes: [node(1, { taints: [{ key: "a", effect: "No" as never }] })] },
      'effect is the string "No"',
      "NoExecute",
    ],
  ]);
});
