import { NodeAccess, Runtime } from "../../lib";
import { cluster, host, newControlPlane, node } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf } from "../support/synthesized";
import { etcdNode, props, THREE } from "./support/dedicated-etcd";

describe("fails", () => {
  test.each<[string, Parameters<typeof props>, ...string[]]>([
    ["without hosts", [{ nodes: [] }], "Etcd.dedicated() has no nodes"],
    [
      "with a runtime in which etcd would be a pod",
      [{ runtime: Runtime.staticPods() }],
      "runtime other than Runtime.systemd()",
    ],
    ["with an invalid version", [{ version: "latest" }], '"latest"'],
    [
      "when a host has the name of a control-plane node",
      [{ nodes: [etcdNode(1, { name: "cp-1" })] }],
      'Two nodes have the name "cp-1"',
    ],
    [
      "when a host has the address of a control-plane node",
      [{ nodes: [etcdNode(1, { address: "10.0.0.11" })] }],
      'Two nodes have the address "10.0.0.11"',
    ],
    [
      "when a host is also a control-plane node",
      [
        {
          nodes: [
            etcdNode(1, { access: NodeAccess.ssh({ host: "10.0.0.12" }) }),
          ],
        },
      ],
      'Two nodes have the access "10.0.0.12:22"',
    ],
    [
      "when a host has an invalid name",
      [{ nodes: [etcdNode(1, { name: "Etcd_1" })] }],
      '"Etcd_1" is not a valid name',
    ],
    [
      "when a host has an invalid address",
      [{ nodes: [etcdNode(1, { address: "10.0.0" })] }],
      'address of node etcd-1 "10.0.0"',
    ],
    [
      "when etcd is on hosts but control-plane nodes are in directories",
      [{}, { nodes: [node(1)] }],
      "cp-1, whose files stay in the store, and etcd-1",
    ],
    [
      "when all hosts are retired",
      [{ nodes: THREE.map((each) => ({ ...each, retire: true })) }],
      "All nodes of etcd have retire: true",
    ],
    [
      "when a host has an address in serviceSubnet",
      [{ nodes: [etcdNode(1, { address: "10.96.0.7" })] }],
      "the address 10.96.0.7 of node etcd-1 overlap",
    ],
    [
      "when other programs use the data directory",
      [{ dataDir: "/var/lib" }],
      '"/var/lib" is a directory that other programs use',
    ],
    [
      "when a file has an invalid path",
      [{ nodes: [etcdNode(1, { files: [{ path: "../x", text: "" }] })] }],
      '"../x"',
    ],
  ])("%s", (_, given, ...words) => {
    expectHelpful(
      messageOf(() => newControlPlane(props(...given))),
      ...words,
    );
  });

  test("when a worker has the name of a host", () => {
    expect(() =>
      artefactsOf(
        cluster(props(), (controlPlane) =>
          controlPlane.addWorkers("pool", {
            nodes: [{ ...host(9), name: "etcd-1" }],
          }),
        ),
      ),
    ).toThrow('Two nodes have the name "etcd-1"');
  });
});
