import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMPONENTS } from "../../lib/catalog/components";
import { cluster, host } from "../support/cluster";
import { messageOf } from "../support/errors";
import { requestsOf, resourcesOf } from "../support/rollouts";
import type { Program } from "../support/terraform";
import { filesOf, program } from "./support/systemd";

describe("the rollout", () => {
  test("gets the units, their binaries and their users", () => {
    const requests = requestsOf(program({ binaryDirectory: "/opt/k8s" }));
    const [controlPlane] = requests.rollout.nodes;
    const units = ["etcd", "kube-apiserver", "kube-controller-manager"];
    const all = [...units, "kube-scheduler", "kube-proxy", "kubelet"];
    expect(
      controlPlane.components.map(({ name, unit, manifest }) => [
        name,
        unit,
        manifest,
      ]),
    ).toEqual(all.map((id) => [id, `${id}.service`, undefined]));
    expect(controlPlane.binaries).toEqual(
      all.map((id) => ({ path: `/opt/k8s/${id}` })),
    );
    expect(controlPlane.users).toEqual(["etcd", "kubernetes"]);
    // CoreDNS, and the pause image that every pod needs.
    expect(controlPlane.images).toEqual([
      "registry.k8s.io/pause:3.10.2",
      "registry.k8s.io/coredns/coredns:v1.14.2",
    ]);
    const [pool] = requests["workers/pool/rollout"].pool!.nodes;
    expect(pool.binaries).toEqual(
      ["kube-proxy", "kubelet"].map((id) => ({ path: `/opt/k8s/${id}` })),
    );
    expect(pool.users).toEqual([]);
    expect(pool.components[0]).toMatchObject({
      unit: "kube-proxy.service",
      health: {
        scheme: "http",
        host: "127.0.0.1",
        port: 10256,
        path: "/livez",
      },
      ports: [10256, 10249],
    });
  });

  test("checks the health of kube-proxy at the configured address", () => {
    const config = {
      healthzBindAddress: "[::1]:11000",
      metricsBindAddress: "0.0.0.0",
    };
    const { rollout } = requestsOf(program({}, { kubeProxy: { config } }));
    const [{ components }] = rollout.nodes;
    expect(components.find(({ name }) => name === "kube-proxy")).toMatchObject({
      health: { host: "::1", port: 11000 },
      ports: [11000, 10249],
    });
  });

  test("has no kube-proxy if the cluster has none", () => {
    const none = program({}, { kubeProxy: { enabled: false } });
    expect(JSON.stringify(requestsOf(none))).not.toContain("kube-proxy");
    expect(Object.keys(filesOf(none, "w-1")).join()).not.toContain("proxy");
  });

  describe("that delivers binaries", () => {
    const directory = mkdtempSync(join(tmpdir(), "binaries-"));
    const ids = [...COMPONENTS.map(({ id }) => id), "kube-proxy", "kubelet"];
    for (const id of ids) writeFileSync(join(directory, id), id);
    afterAll(() => rmSync(directory, { recursive: true }));
    const lines = (of: Program, path: string) =>
      Object.entries(
        resourcesOf(of).find((each) => each.path === path)!.triggers,
      ).filter(([line]) => line.startsWith("binary "));
    const hash = (id: string) => `\${filesha256("${directory}/${id}")}`;

    test("has a trigger with the hash of each binary", () => {
      const of = program({ binaries: directory });
      const etcd = `${directory}/etcd`;
      expect(requestsOf(of).rollout.nodes[0].binaries).toContainEqual({
        path: "/usr/local/bin/etcd",
        source: { file: etcd, sha256: `\${filesha256("${etcd}")}` },
      });
      expect(lines(of, "cluster/rollout").sort()).toEqual(
        ids.map((id) => [`binary ${id}`, hash(id)]).sort(),
      );
      expect(lines(of, "cluster/workers/pool/rollout")).toEqual(
        ["kube-proxy", "kubelet"].map((id) => [`binary ${id}`, hash(id)]),
      );
    });

    test("has no such triggers if the binaries are on the nodes already", () => {
      expect(lines(program(), "cluster/rollout")).toEqual([]);
    });

    test("fails when binaries are missing, names all of them, and says where they come from", () => {
      const some = mkdtempSync(join(tmpdir(), "some-binaries-"));
      for (const id of ids.filter((id) => !/^etcd$|^kubelet$/.test(id)))
        writeFileSync(join(some, id), id);
      const messageWith = (binaries: string): string =>
        messageOf(() => requestsOf(program({ binaries })));
      expect(messageWith(some)).toContain(
        `binaries ${JSON.stringify(some)} has no etcd, kubelet.`,
      );
      const message = messageWith("nowhere");
      expect(message).toMatch(
        /^binaries "nowhere" has no etcd, kube-apiserver, kube-controller-manager, kube-scheduler, /,
      );
      expect(message).toContain(
        "\n  kubelet: curl -fLO https://dl.k8s.io/release/v1.36.3/bin/linux/amd64/kubelet",
      );
      expect(message).toContain(
        "\n  etcd: https://github.com/etcd-io/etcd/releases/tag/v3.6.8 has an archive",
      );
      rmSync(some, { recursive: true });
    });
  });
});

test("the request for static pods has no unit, binary or user", () => {
  const [first] = requestsOf(cluster({ nodes: [host(1)] })).rollout.nodes;
  expect(first).not.toHaveProperty("binaries");
  expect(first).not.toHaveProperty("users");
});
