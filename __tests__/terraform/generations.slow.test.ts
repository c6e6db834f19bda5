import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import type { ClusterKeysProps, ControlPlaneProps } from "../../lib";
import type { KeyGenerations } from "../../lib/catalog/authorities";
import type { Inventory } from "../../lib/store/inventory";
import { cluster, node, STORE } from "../support/cluster";
import { Deployment, NOTHING } from "../support/terraform";
import { LiveCluster } from "./support/live-cluster";

const PKI = "etc/kubernetes/pki";

/** The certificates in a text. */
const certificatesIn = (pem: string): X509Certificate[] =>
  (
    pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ??
    []
  ).map((each) => new X509Certificate(each));

describe("a cluster whose keys get a second generation", () => {
  const deployment = new Deployment();
  afterAll(() => deployment.dispose());

  const program = (keys?: ClusterKeysProps) =>
    deployment.program(cluster({ nodes: [node(1), node(2)], keys }));
  const tree = (name: string, path: string) =>
    `${STORE}/nodes/${name}/root/${PKI}/${path}`;
  const namesIn = (path: string): string[] =>
    certificatesIn(deployment.read(path)).map(
      ({ subject, issuer }) => `${subject} by ${issuer}`,
    );
  const publicKeys = (path: string): number =>
    deployment.read(path).match(/BEGIN PUBLIC KEY/g)?.length ?? 0;

  /** Verifies a certificate, with what stands behind it, by a file of trusted CAs. */
  const verify = (trusted: string, certificate: string): string =>
    execFileSync(
      "openssl",
      [
        "verify",
        "-x509_strict",
        "-CAfile",
        trusted,
        "-untrusted",
        certificate,
        certificate,
      ],
      { encoding: "utf8", cwd: deployment.directory },
    );

  beforeAll(() => {
    program().apply();
    deployment.write("old-ca.crt", deployment.read(tree("cp-1", "ca.crt")));
    deployment.write(
      "old-apiserver.crt",
      deployment.read(tree("cp-1", "apiserver.crt")),
    );
    program({ all: { generation: 2 } }).apply();
  }, 180_000);

  test("has nothing left to do", () => {
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test.each([
    ["ca.crt", "kubernetes"],
    ["etcd/ca.crt", "etcd-ca"],
    ["front-proxy-ca.crt", "front-proxy-ca"],
  ])("trusts both generations in %s, the new one first", (file, name) => {
    expect(namesIn(tree("cp-2", file))).toEqual([
      `CN=${name}-2 by CN=${name}-2`,
      `CN=${name} by CN=${name}`,
    ]);
  });

  test.each([
    ["apiserver.crt", "kubernetes"],
    ["apiserver-kubelet-client.crt", "kubernetes"],
    ["etcd/server.crt", "etcd-ca"],
    ["front-proxy-client.crt", "front-proxy-ca"],
  ])("sends the cross certificate behind %s", (file, name) => {
    const [leaf, cross, ...others] = namesIn(tree("cp-1", file));
    expect(leaf).toMatch(new RegExp(` by CN=${name}-2$`));
    expect(cross).toBe(`CN=${name}-2 by CN=${name}`);
    expect(others).toEqual([]);
  });

  test("makes certificates that those who trust only the old CA verify, and the other way round", () => {
    const [trusted, fresh] = ["ca.crt", "apiserver.crt"].map((file) =>
      tree("cp-1", file),
    );
    expect(verify("old-ca.crt", fresh)).toContain("OK");
    expect(verify(trusted, fresh)).toContain("OK");
    expect(verify(trusted, "old-apiserver.crt")).toContain("OK");
  });

  test("signs with a file of one certificate", () => {
    expect(namesIn(tree("cp-1", "ca-issuer.crt"))).toEqual([
      "CN=kubernetes-2 by CN=kubernetes-2",
    ]);
  });

  test("accepts tokens of both service account keys, and signs with the new one", () => {
    expect(publicKeys(tree("cp-1", "sa.pub"))).toBe(2);
    expect(deployment.read(tree("cp-1", "sa.key"))).toBe(
      deployment.read(`${STORE}/pki/sa-2.key`),
    );
  });

  test("has kubeconfigs with both CAs and the cross certificate", () => {
    const text = deployment.read(`${STORE}/kubeconfigs/admin.conf`);
    const [trusted, client] = [
      "certificate-authority",
      "client-certificate",
    ].map((name) => {
      const [, data] = new RegExp(`${name}-data: (\\S+)`).exec(text)!;
      return certificatesIn(Buffer.from(data, "base64").toString()).length;
    });
    expect([trusted, client]).toEqual([2, 2]);
  });

  test("keeps the previous generation in the store", () => {
    expect(deployment.files(`${STORE}/pki`)).toEqual(
      expect.arrayContaining(["ca.key", "ca-2.key", "ca-2-cross.crt"]),
    );
  });

  describe("and then drops the first one", () => {
    beforeAll(() => {
      program({ all: { generation: 2, trustPrevious: false } }).apply();
    }, 120_000);

    test("has nothing left to do", () => {
      expect(deployment.plan().changes).toEqual(NOTHING);
    });

    test("trusts the new CA alone", () => {
      expect(namesIn(tree("cp-1", "ca.crt"))).toEqual([
        "CN=kubernetes-2 by CN=kubernetes-2",
      ]);
      expect(publicKeys(tree("cp-1", "sa.pub"))).toBe(1);
    });

    test("still sends the cross certificate to those who trust only the old CA", () => {
      expect(verify("old-ca.crt", tree("cp-1", "apiserver.crt"))).toContain(
        "OK",
      );
    });

    test("keeps the files of the first generation in the store", () => {
      expect(deployment.files(`${STORE}/pki`)).toContain("ca.key");
    });

    test("can begin the next rotation", () => {
      program({ all: { generation: 3 } }).apply();
      expect(deployment.plan().changes).toEqual(NOTHING);
      expect(namesIn(tree("cp-1", "ca.crt"))).toEqual([
        "CN=kubernetes-3 by CN=kubernetes-3",
        "CN=kubernetes-2 by CN=kubernetes-2",
      ]);
    }, 120_000);
  });
});

describe("generations that a plan allows or refuses", () => {
  const live = new LiveCluster();
  beforeAll(() => live.setUp());
  afterAll(() => live.deployment.dispose());

  /** A cluster on one host that has these generations, and the host those numbers. */
  const errorsOf = (
    has: KeyGenerations,
    numbers: Record<string, number>,
    keys: ControlPlaneProps["keys"],
  ): string[] =>
    live.withInventory(
      (inventory: Inventory) => {
        const [present] = Object.values(inventory.nodes ?? {});
        const host = {
          ...present,
          access: { kind: "local", sudo: false },
          tree: "fingerprint",
          generations: numbers,
        };
        return { ...inventory, generations: has, nodes: { "cp-1": host } };
      },
      () => live.errorsOf(cluster({ keys })),
    );

  const ended = { number: 2, trustsPrevious: false };
  const goesOn = { number: 2, trustsPrevious: true };

  test.each<[string, KeyGenerations, Record<string, number>, ClusterKeysProps]>(
    [
      ["the next generation", {}, {}, { etcd: { generation: 2 } }],
      [
        "a rotation that goes on",
        { etcd: goesOn },
        { etcd: 2 },
        { etcd: { generation: 2 } },
      ],
      [
        "the end of a rotation",
        { etcd: goesOn },
        { etcd: 2 },
        { etcd: { generation: 2, trustPrevious: false } },
      ],
      [
        "the rotation of one key after that of another",
        { etcd: goesOn },
        { etcd: 2 },
        { etcd: { generation: 2 }, frontProxy: { generation: 2 } },
      ],
    ],
  )("a plan allows %s", (_, has, numbers, keys) => {
    expect(errorsOf(has, numbers, keys)).toEqual([]);
  });

  test.each<
    [string, KeyGenerations, Record<string, number>, ClusterKeysProps, string]
  >([
    [
      "a generation that goes back",
      { etcd: ended },
      { etcd: 2 },
      {},
      "- etcd: generation 2 was made, and this plan asks for 1: what the newer one signed would be refused. Keep generation: 2 in keys, also when the rotation is over.",
    ],
    [
      "a generation that jumps",
      {},
      {},
      { kubernetes: { generation: 3 } },
      "- kubernetes: the cluster has generation 1, and this plan would jump to 3. Set keys: { kubernetes: { generation: 2 } }.",
    ],
    [
      "two rotations at once",
      { frontProxy: goesOn },
      { frontProxy: 2 },
      { frontProxy: { generation: 3 } },
      "- frontProxy: generation 1 is still trusted, and this plan would begin the next rotation, to 3. End the first one with keys: { frontProxy: { generation: 2, trustPrevious: false } }, and deploy.",
    ],
    [
      "the end of a rotation that never began",
      {},
      {},
      { serviceAccounts: { generation: 2, trustPrevious: false } },
      "- serviceAccounts: generation 1 would not be trusted any more, but nothing newer is recorded of cp-1.",
    ],
    [
      "trust in a generation that was dropped",
      { etcd: ended },
      { etcd: 2 },
      { etcd: { generation: 2 } },
      "- etcd: generation 1 is not trusted any more, and this plan would trust it again.",
    ],
  ])("a plan refuses %s", (_, has, numbers, keys, message) => {
    const errors = errorsOf(has, numbers, keys);
    expect(errors).toHaveLength(1);
    expect(errors[0].replace(/\s+/g, " ")).toContain(message);
  });
});
