import { Runtime } from "../../lib";
import { requestsOf, resourcesOf } from "../support/rollouts";
import type { Program } from "../support/terraform";
import { program, THREE } from "./support/dedicated-etcd";

describe("the rollout", () => {
  test("is one for all nodes, with the etcd hosts first", () => {
    const requests = requestsOf(program());
    expect(Object.keys(requests)).toEqual(["rollout"]);
    const { nodes, etcd } = requests.rollout;
    expect(
      nodes.map(({ name, components }) => [
        name,
        components.map((component) => component.name).join(" "),
      ]),
    ).toEqual([
      ...THREE.map(({ name }) => [name, "etcd"]),
      ...["cp-1", "cp-2"].map((name) => [
        name,
        "kube-apiserver kube-controller-manager kube-scheduler kubelet",
      ]),
    ]);
    expect(nodes[0]).toEqual({
      name: "etcd-1",
      address: "10.0.0.31",
      access: {
        kind: "ssh",
        host: "10.0.0.31",
        sudo: true,
        connectTimeout: 120,
      },
      components: [
        {
          name: "etcd",
          unit: "etcd.service",
          health: {
            scheme: "http",
            host: "127.0.0.1",
            port: 2381,
            path: "/readyz",
          },
          ports: [2379, 2380, 2381],
          timeout: 240,
        },
      ],
      labels: {},
      taints: [],
      criSocket: "",
      images: [],
      imageArchives: [],
      port: 2379,
      binaries: [{ path: "/usr/local/bin/etcd" }],
      users: ["etcd"],
    });
    expect(etcd).toMatchObject({ dataDir: "/var/lib/etcd", clientPort: 2379 });
    expect(JSON.stringify(nodes.slice(3))).not.toContain("etcd");
  });

  test("has a batch for each node, and each node has an access", () => {
    const resources = resourcesOf(program());
    const { triggers } = resources.find(
      ({ path }) => path === "cluster/rollout",
    )!;
    expect(triggers.nodes).toBe("etcd-1, etcd-2, etcd-3, cp-1, cp-2");
    for (const { name } of THREE) {
      expect(triggers).toHaveProperty(`node ${name}`);
      expect(triggers).toHaveProperty(`check ${name}`);
      expect(triggers).toHaveProperty(`batch nodes/${name}`);
    }
    expect(
      resources
        .map(({ path }) => path)
        .filter((path) => path.endsWith("access")),
    ).toEqual([
      ...THREE.map(({ name }) => `cluster/etcd/${name}/access`),
      ...["cp-1", "cp-2"].map((name) => `cluster/${name}/access`),
    ]);
  });

  test("protects the quorum of the etcd hosts, not of the control-plane nodes", () => {
    const { lifecycle } = resourcesOf(program()).find(
      ({ path }) => path === "cluster/rollout",
    )!;
    expect(JSON.stringify(lifecycle)).toContain(
      JSON.stringify('contains(["etcd-1","etcd-2","etcd-3"], name)').slice(
        1,
        -1,
      ),
    );
  });

  test("runs etcd with the runtime of the cluster, or with its own", () => {
    const runtime = Runtime.systemd({
      binaryDirectory: "/opt/k8s",
      etcdUser: "root",
    });
    const binary = (of: Program) =>
      requestsOf(of).rollout.nodes.map(({ binaries }) => binaries?.[0].path);
    expect(binary(program({}, { runtime }))).toEqual([
      ...THREE.map(() => "/opt/k8s/etcd"),
      ...["cp-1", "cp-2"].map(() => "/opt/k8s/kube-apiserver"),
    ]);
    expect(binary(program({ runtime }))).toEqual([
      ...THREE.map(() => "/opt/k8s/etcd"),
      undefined,
      undefined,
    ]);
  });
});
