import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { Duration } from "../../lib";
import { issueCertificate } from "../../lib/pki/x509";
import { cluster, STORE } from "../support/cluster";
import { Deployment, NOTHING, replaced } from "../support/terraform";

const deployment = new Deployment();
afterAll(() => deployment.dispose());

/** All certificates with a renewal window. */
const CERTIFICATES = [
  "kubeconfigs/admin.conf",
  ...[
    "pki/apiserver.crt",
    "pki/apiserver-kubelet-client.crt",
    "pki/apiserver-etcd-client.crt",
    "pki/front-proxy-client.crt",
    "pki/etcd/server.crt",
    "pki/etcd/peer.crt",
    "pki/etcd/healthcheck-client.crt",
    "admin.conf",
    "super-admin.conf",
    "controller-manager.conf",
    "scheduler.conf",
  ].map((path) => `nodes/cp-1/root/etc/kubernetes/${path}`),
  "nodes/cp-1/root/var/lib/kubelet/pki/kubelet.crt",
];

const APISERVER = "nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt";

/** Changes the times in a stamp, which a plan compares with the current time. */
function restamp(
  path: string,
  moments: Record<string, Date>,
  contents?: readonly string[],
): void {
  const stamp = `${STORE}/.stamps/${path}.json`;
  const texts = Object.fromEntries(
    Object.entries(moments).map(([key, date]) => [
      key,
      date.toISOString().replace(/\.\d+Z$/, "Z"),
    ]),
  );
  deployment.write(
    stamp,
    JSON.stringify({
      ...JSON.parse(deployment.read(stamp)),
      ...texts,
      ...(contents && { sha256: contents.map(sha256).join(" ") }),
    }),
  );
}

const sha256 = (text: string) =>
  createHash("sha256").update(text).digest("hex");

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

test("at first nothing is due, and there is no warning", () => {
  const run = deployment.program(cluster()).apply();

  expect(run.warnings).toEqual([]);
  expect(deployment.plan()).toMatchObject({ changes: NOTHING, warnings: [] });
});

test("a certificate with a third of its lifetime left is planned again, alone", () => {
  restamp(APISERVER, { renewable: inDays(-1), notAfter: inDays(100) });

  expect(deployment.plan().changes).toEqual(
    replaced(APISERVER, "batch nodes/cp-1", "rollout"),
  );
});

test("a kubelet's own certificate is left to the kubelet until it has expired", () => {
  const path = "nodes/cp-1/root/etc/kubernetes/kubelet.conf";
  restamp(APISERVER, { renewable: inDays(240), notAfter: inDays(365) });
  restamp(path, { renewable: inDays(-100), notAfter: inDays(1) });
  expect(deployment.plan().changes).toEqual(NOTHING);

  restamp(path, { renewable: inDays(-100), notAfter: inDays(-1) });
  expect(deployment.plan().changes).toEqual(
    replaced(path, "batch nodes/cp-1", "rollout"),
  );
  restamp(path, { renewable: inDays(240), notAfter: inDays(365) });
});

test("a due certificate is renewed by the next apply, and then nothing is due", async () => {
  const [certificate, key, ca, caKey] = [
    `${STORE}/${APISERVER}`,
    `${STORE}/${APISERVER.replace(/crt$/, "key")}`,
    `${STORE}/pki/ca.crt`,
    `${STORE}/pki/ca.key`,
  ].map((path) => deployment.read(path));
  const bornLongAgo = await issueCertificate(
    {
      subject: { commonName: "kube-apiserver" },
      names: new X509Certificate(certificate)
        .subjectAltName!.split(", ")
        .map((name) => name.replace(/^(DNS|IP Address):/, "")),
      usages: ["serverAuth"],
      keyAlgorithm: "ECDSA-P256",
      validity: "8760h",
    },
    createPrivateKey(key),
    { certificate: new X509Certificate(ca), key: createPrivateKey(caKey) },
    inDays(-250),
  );
  deployment.write(`${STORE}/${APISERVER}`, bornLongAgo);
  restamp(APISERVER, { renewable: inDays(-7), notAfter: inDays(115) }, [
    bornLongAgo,
    key,
  ]);
  const before = deployment.hashes(STORE);

  expect(deployment.apply().changes).toEqual(
    replaced(APISERVER, "batch nodes/cp-1", "rollout"),
  );

  const after = deployment.hashes(STORE);
  expect(
    Object.keys(before).filter((path) => before[path] !== after[path]),
  ).toEqual([APISERVER, APISERVER.replace(/crt$/, "key")]);
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("a window from the program begins later", () => {
  deployment.program(cluster({ renewBefore: Duration.days(30) }));
  // The window is part of the stamp, so it is recorded once.
  deployment.apply();
  restamp(APISERVER, { renewable: inDays(-1), notAfter: inDays(31) });
  expect(deployment.plan().changes).toEqual(NOTHING);

  restamp(APISERVER, { renewable: inDays(-1), notAfter: inDays(29) });
  expect(deployment.plan().changes).toEqual(
    replaced(APISERVER, "batch nodes/cp-1", "rollout"),
  );
});

test("a changed window has effect at once, and renews only the certificates in it", () => {
  restamp(APISERVER, { renewable: inDays(-100), notAfter: inDays(300) });
  const before = deployment.hashes(STORE);

  const run = deployment
    .program(cluster({ renewBefore: Duration.days(20) }))
    .apply();

  expect(run.changes).toEqual(
    replaced(
      ...CERTIFICATES,
      "batch nodes/cp-1",
      "batch kubeconfigs",
      "rollout",
    ),
  );
  expect(deployment.hashes(STORE)).toEqual(before);
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("a window of almost the whole lifetime does not renew certificates forever", () => {
  deployment.program(cluster({ renewBefore: Duration.days(364) })).apply();

  expect(deployment.plan().changes).toEqual(NOTHING);
});

describe("a CA that expires soon", () => {
  test("causes a warning, and no changes", () => {
    restamp("pki/ca.crt", { renewable: inDays(-300), notAfter: inDays(300) });

    const run = deployment.plan();

    expect(run.changes).toEqual(NOTHING);
    expect(run.warnings).toHaveLength(1);
    expect(run.warnings[0]).toMatch(
      /certificate authority of Kubernetes expires on 20\d\d-.*expire with it/s,
    );
  });

  test("causes no warning while it is young, however short its lifetime", () => {
    restamp("pki/ca.crt", { renewable: inDays(10), notAfter: inDays(30) });

    expect(deployment.plan().warnings).toEqual([]);
  });

  test("is not planned again when it expires", () => {
    restamp("pki/ca.crt", { renewable: inDays(-300), notAfter: inDays(-1) });

    expect(deployment.plan().changes).toEqual(NOTHING);
  });
});

test("a CA with a changed lifetime is signed again with the same key, and certificates that it signed stay", () => {
  const before = deployment.hashes(STORE);

  deployment
    .program(
      cluster({
        renewBefore: Duration.days(364),
        caCertificateValidity: Duration.days(4000),
      }),
    )
    .apply();

  const after = deployment.hashes(STORE);
  const changed = Object.keys(before).filter(
    (path) => before[path] !== after[path],
  );
  expect(changed).toEqual(
    expect.arrayContaining([
      "pki/ca.crt",
      "kubeconfigs/admin.conf",
      "nodes/cp-1/root/etc/kubernetes/pki/ca.crt",
    ]),
  );
  expect(changed.filter((path) => path.endsWith(".key"))).toEqual([]);
  expect(changed).not.toContain(APISERVER);
  expect(deployment.plan().changes).toEqual(NOTHING);
});
