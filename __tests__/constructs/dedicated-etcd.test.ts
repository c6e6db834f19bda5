import {
  CertificateAuthority,
  ControlPlane,
  EtcdCluster,
  Runtime,
  Store,
} from "../../lib";
import { clusterProps, newStack } from "../support/cluster";
import { artefactsOf, documentsOf, yamlOf } from "../support/synthesized";
import type { Program } from "../support/terraform";
import { warningsOf } from "../support/warnings";
import { etcdNode, program, props, THREE } from "./support/dedicated-etcd";

const treeOf = (of: Program, name: string): string[] =>
  [...artefactsOf(of).values()]
    .flatMap(({ files }) => files)
    .flatMap((file) => {
      const root = `nodes/${name}/root`;
      return file.startsWith(root) ? [file.slice(root.length)] : [];
    })
    .sort();

const ENDPOINTS = ["10.0.0.31", "10.0.0.32", "10.0.0.33"]
  .map((address) => `https://${address}:2379`)
  .join(",");

describe("a dedicated etcd host", () => {
  test("has the unit and the certificates of etcd, but no CA key", () => {
    expect(treeOf(program(), "etcd-1")).toEqual([
      "/etc/kubernetes/pki/etcd/ca.crt",
      "/etc/kubernetes/pki/etcd/healthcheck-client.crt",
      "/etc/kubernetes/pki/etcd/healthcheck-client.key",
      "/etc/kubernetes/pki/etcd/peer.crt",
      "/etc/kubernetes/pki/etcd/peer.key",
      "/etc/kubernetes/pki/etcd/server.crt",
      "/etc/kubernetes/pki/etcd/server.key",
      "/etc/systemd/system/etcd.service",
    ]);
  });

  test("uses TLS with clients and peers, and knows all members", () => {
    const { spec } = artefactsOf(program()).get(
      "nodes/etcd-2/root/etc/systemd/system/etcd.service",
    )!;
    for (const flag of [
      "--client-cert-auth=true",
      "--peer-client-cert-auth=true",
      "--name=etcd-2",
      "--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.32:2379",
      "--initial-cluster=etcd-1=https://10.0.0.31:2380,etcd-2=https://10.0.0.32:2380,etcd-3=https://10.0.0.33:2380",
    ])
      expect(spec).toContain(`  ${flag} \\\n`);
  });

  test("has certificates with its own names, signed by the CA of etcd", () => {
    const artefacts = artefactsOf(
      program({ serverCertSans: ["etcd.example.org"] }),
    );
    const server = artefacts.get(
      "nodes/etcd-1/root/etc/kubernetes/pki/etcd/server.crt",
    )!;
    expect(yamlOf(server).names).toEqual([
      "etcd-1",
      "localhost",
      "10.0.0.31",
      "127.0.0.1",
      "::1",
      "etcd.example.org",
    ]);
    expect(server.from).toEqual(["pki/etcd/ca.crt"]);
  });

  test.each([
    ["3.5.24", "--experimental-initial-corrupt-check=true"],
    ["v3.6.8", "--feature-gates=InitialCorruptCheck=true"],
    [undefined, "--feature-gates=InitialCorruptCheck=true"],
  ])("has the flags of its release: %s", (version, flag) => {
    const { spec } = artefactsOf(program({ version })).get(
      "nodes/etcd-1/root/etc/systemd/system/etcd.service",
    )!;
    expect(spec).toContain(`  ${flag} \\\n`);
  });

  test("has the user's files", () => {
    const files = [{ path: "/etc/motd", text: "hello" }];
    const nodes = [etcdNode(1, { files })];
    expect(treeOf(program({ nodes }), "etcd-1")).toContain("/etc/motd");
  });

  test("may use the Kubernetes CA", () => {
    const artefacts = artefactsOf((stack) => {
      const store = new Store(stack, "store", { directory: "clusters/test" });
      const ca = new CertificateAuthority(stack, "ca", {
        store,
        commonName: "kubernetes",
      });
      new ControlPlane(stack, "cluster", {
        ...clusterProps(props()),
        store,
        certificateAuthority: ca,
        etcdCertificateAuthority: ca,
      });
    });
    expect([...artefacts.keys()]).not.toContain("pki/etcd/ca.crt");
    expect(
      artefacts.get("nodes/etcd-1/root/etc/kubernetes/pki/etcd/server.crt")!
        .from,
    ).toEqual(["pki/ca.crt"]);
  });
});

describe("a control-plane node", () => {
  const artefacts = artefactsOf(program());

  test("has no etcd member, but the client certificate of its API server", () => {
    const files = treeOf(program(), "cp-1");
    expect(files.filter((path) => /etcd/.test(path))).toEqual([
      "/etc/kubernetes/pki/apiserver-etcd-client.crt",
      "/etc/kubernetes/pki/apiserver-etcd-client.key",
      "/etc/kubernetes/pki/etcd/ca.crt",
    ]);
  });

  test("has an API server that connects to all members", () => {
    const pod = yamlOf(
      artefacts.get(
        "nodes/cp-1/root/etc/kubernetes/manifests/kube-apiserver.yaml",
      )!,
    );
    expect(pod.spec.containers[0].command).toContain(
      `--etcd-servers=${ENDPOINTS}`,
    );
  });

  test("has an API server unit that does not wait for etcd", () => {
    const units = artefactsOf(program({}, { runtime: Runtime.systemd() }));
    expect(
      units.get("nodes/cp-1/root/etc/systemd/system/kube-apiserver.service")!
        .spec,
    ).toContain("After=network-online.target\n");
  });

  test("has a kubeadm-config with an external etcd", () => {
    const [{ data }] = documentsOf(
      artefacts.get("objects/kubeadm-config.yaml")!,
    );
    expect(data.ClusterConfiguration.$yaml.etcd).toEqual({
      external: {
        endpoints: ENDPOINTS.split(","),
        httpEndpoints: ENDPOINTS.split(","),
        caFile: "/etc/kubernetes/pki/etcd/ca.crt",
        certFile: "/etc/kubernetes/pki/apiserver-etcd-client.crt",
        keyFile: "/etc/kubernetes/pki/apiserver-etcd-client.key",
      },
    });
    const nodes = documentsOf(artefacts.get("objects/nodes.yaml")!);
    expect(nodes.map(({ metadata }) => metadata.name)).toEqual([
      "cp-1",
      "cp-2",
    ]);
  });
});

test("EtcdCluster without a ControlPlane adds only the etcd hosts", () => {
  const stack = newStack();
  const store = new Store(stack, "store", { directory: "clusters/alone" });
  const ca = new CertificateAuthority(stack, "ca", { store, commonName: "ca" });
  const etcd = new EtcdCluster(stack, "etcd", {
    store,
    cluster: clusterProps(props()),
    authorities: { ca, "etcd-ca": ca },
  });
  expect([...etcd.certificatesOf("etcd-1").keys()]).toEqual([
    "etcd-server",
    "etcd-peer",
    "etcd-healthcheck-client",
  ]);
  expect(etcd.certificatesOf("cp-1").size).toBe(0);
});

test("warns of an even number of members, for any number of control-plane nodes", () => {
  const warnings = (nodes: object[]) =>
    warningsOf(program({ nodes: nodes as typeof THREE }));
  expect(warnings(THREE)).toEqual([]);
  expect(warnings(THREE.slice(1))).toEqual([
    expect.stringContaining("Use 1, 3 or 5 nodes of etcd."),
  ]);
  expect(warnings([...THREE, etcdNode(4, { retire: true })])).toEqual([]);
});
