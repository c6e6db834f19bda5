import {
  ControlPlane,
  type ControlPlaneProps,
  Duration,
  Etcd,
  NodeAccess,
  PodNetwork,
} from "../../lib";
import { cluster, node, host } from "../support/cluster";
import { requestsOf, resourcesOf } from "../support/rollouts";

const HOST_KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE4nVXGPjBD3PUsuGsgdPkgJ8lBSMWsHjXMPxZrGRcMT";
const HOSTS = [host(1), host(2), host(3)];

const rolloutOf = (props: Partial<ControlPlaneProps>) =>
  requestsOf(cluster(props)).rollout;
describe("the request of a rollout", () => {
  test("says how each node is reached, and leaves the rest to OpenSSH", () => {
    const { nodes } = rolloutOf({
      nodes: [
        node(1, { access: NodeAccess.ssh({ host: "cp-1.lab" }) }),
        node(2, {
          access: NodeAccess.ssh({
            host: "10.0.0.12",
            user: "admin",
            port: 2222,
            identityFile: "keys/id_ed25519",
            jumpHost: "bastion",
            hostKey: `${HOST_KEY} root@cp-2`,
            sudo: false,
            connectTimeout: Duration.minutes(10),
          }),
        }),
        node(3, { access: NodeAccess.local({ sudo: false }) }),
      ],
    });
    expect(nodes.map(({ access }) => access)).toEqual([
      { kind: "ssh", host: "cp-1.lab", sudo: true, connectTimeout: 120 },
      {
        kind: "ssh",
        host: "10.0.0.12",
        user: "admin",
        port: 2222,
        identityFile: "../../../keys/id_ed25519",
        jumpHost: "bastion",
        hostKey: HOST_KEY,
        sudo: false,
        connectTimeout: 600,
      },
      { kind: "local", sudo: false },
    ]);
  });

  test.each(["/root/key", "~/.ssh/id_ed25519"])(
    "contains the identityFile %s as given, because ~ is expanded at apply",
    (identityFile) => {
      const access = NodeAccess.ssh({ host: "10.0.0.11", identityFile });
      const { nodes } = rolloutOf({ nodes: [node(1, { access })] });
      expect(nodes[0].access).toMatchObject({ identityFile });
    },
  );

  test("contains machineId and retire", () => {
    const machineId = "0123456789abcdef0123456789abcdef";
    const { nodes } = rolloutOf({
      nodes: [host(1), host(2, { machineId, retire: true })],
    });
    expect(nodes[0]).not.toHaveProperty("machineId");
    expect(nodes[0]).not.toHaveProperty("retire");
    expect(nodes[1]).toMatchObject({ machineId, retire: true });
  });

  test("contains the paths of image archives", () => {
    const archives = ["package.json", `${process.cwd()}/package.json`];
    const { nodes } = rolloutOf({ nodes: [host(1)], images: { archives } });
    expect(nodes[0].imageArchives).toEqual([
      "../../../package.json",
      `${process.cwd()}/package.json`,
    ]);
  });

  test("contains maxUnavailable, and nothing that the cluster does not have", () => {
    expect(rolloutOf({ nodes: HOSTS })).toMatchObject({
      maxUnavailable: 1,
      pools: {},
    });
    expect(rolloutOf({ nodes: HOSTS })).not.toHaveProperty("pool");
    expect(rolloutOf({ nodes: HOSTS })).not.toHaveProperty("podNetwork");
    expect(rolloutOf({ nodes: HOSTS, maxUnavailable: 2 })).toMatchObject({
      maxUnavailable: 2,
    });
    const etcd = Etcd.external({ endpoints: ["http://etcd:2379"] });
    expect(rolloutOf({ nodes: HOSTS, etcd })).not.toHaveProperty("etcd");
  });

  test("contains the paths and ports of etcd", () => {
    const etcd = Etcd.stacked({ dataDir: "/data/etcd" });
    expect(
      rolloutOf({ nodes: HOSTS, etcd, certificatesDir: "/pki" }).etcd,
    ).toEqual({
      dataDir: "/data/etcd",
      certificatesDir: "/pki/etcd",
      clientPort: 2379,
      peerPort: 2380,
      version: "3.6.8",
    });
    expect(rolloutOf({ nodes: HOSTS }).etcd).toMatchObject({
      dataDir: "/var/lib/etcd",
    });
  });

  test("contains the pod network", () => {
    const props = {
      nodes: HOSTS,
      podNetwork: PodNetwork.routed(),
      podSubnet: "10.244.0.0/16,fd00:10:244::/56",
      serviceSubnet: "10.96.0.0/12,fd00:10:96::/112",
    };
    expect(rolloutOf(props).podNetwork).toEqual({
      kind: "routed",
      podSubnets: ["10.244.0.0/16", "fd00:10:244::/56"],
    });
    const rollout = resourcesOf(cluster(props)).find(
      ({ path }) => path === "cluster/rollout",
    )!;
    expect(rollout.triggers).toMatchObject({ pod_network: "routed" });
  });
});

describe("a kubeadm file", () => {
  const config = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: { advertiseAddress: 10.0.0.11 }
nodeRegistration: { name: cp-1 }
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
clusterName: test
controlPlaneEndpoint: api.example.org:6443
networking: { podSubnet: 10.244.0.0/16 }
`;

  test("is combined with node props that it cannot contain", () => {
    const { rollout } = requestsOf((stack) => {
      ControlPlane.fromKubeadmConfig(stack, "cluster", {
        config,
        node: { access: NodeAccess.ssh({ host: "10.0.0.11" }) },
        nodes: [host(2), host(3)],
        podNetwork: PodNetwork.routed(),
        images: { archives: ["package.json"] },
      });
    });
    expect(rollout.nodes).toMatchObject([
      {
        name: "cp-1",
        address: "10.0.0.11",
        access: { host: "10.0.0.11" },
        imageArchives: ["../../../package.json"],
      },
      { name: "cp-2" },
      { name: "cp-3" },
    ]);
    expect(rollout.podNetwork).toMatchObject({ kind: "routed" });
  });
});
