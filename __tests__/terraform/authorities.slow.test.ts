import { execFileSync } from "node:child_process";
import {
  Certificate,
  CertificateAuthority,
  ControlPlane,
  Duration,
  KeyAlgorithm,
  Kubeconfig,
  KubeconfigUser,
  Store,
} from "../../lib";
import { clusterProps, STORE } from "../support/cluster";
import { Deployment, NOTHING, type Program } from "../support/terraform";

const deployments: Deployment[] = [];
function deploymentOf(program: Program): Deployment {
  const deployment = new Deployment();
  deployments.push(deployment);
  return deployment.program(program);
}
afterAll(() => deployments.forEach((deployment) => deployment.dispose()));

const openssl = (deployment: Deployment, ...args: string[]): string =>
  execFileSync("openssl", args, {
    cwd: deployment.directory,
    encoding: "utf8",
    stdio: "pipe",
  });

/** Makes a CA outside the store: `<name>.crt` and `<name>.key`. */
function makeAuthority(deployment: Deployment, name: string): void {
  openssl(
    deployment,
    "req",
    "-x509",
    ..."-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650".split(
      " ",
    ),
    "-subj",
    `/CN=${name}`,
    "-addext",
    "keyUsage=critical,digitalSignature,keyCertSign",
    "-keyout",
    `${name}.key`,
    "-out",
    `${name}.crt`,
  );
}

describe("an external CA", () => {
  let deployment: Deployment;
  beforeAll(() => {
    deployment = new Deployment();
    deployments.push(deployment);
    makeAuthority(deployment, "corporate");
    deployment.program((stack) => {
      const store = new Store(stack, "store", { directory: STORE });
      const certificateAuthority = CertificateAuthority.external(stack, "ca", {
        store,
        certificate: "corporate.crt",
      });
      new ControlPlane(stack, "cluster", {
        ...clusterProps(),
        store,
        certificateAuthority,
      });
    });
  });

  let requests: [string, string][];

  test("lets the first apply make everything else, and end with one error that lists the requests", () => {
    const run = deployment.tryApply();

    expect(run.ok).toBe(false);
    expect(run.errors).toHaveLength(1);
    const text = run.errors[0];
    requests = [...text.matchAll(/sign {2}(\S+)\n +put +(\S+)/g)].map(
      ([, request, certificate]) => [request, certificate],
    );
    expect(
      requests.map(([request]) => request.split("/").pop()).sort(),
    ).toEqual([
      "admin.conf.csr",
      "admin.conf.csr",
      "apiserver-kubelet-client.csr",
      "apiserver.csr",
      "controller-manager.conf.csr",
      "kubelet.conf.csr",
      "kubelet.csr",
      "scheduler.conf.csr",
      "super-admin.conf.csr",
    ]);
    const files = deployment.files(STORE);
    expect(files).toContain(
      "nodes/cp-1/root/etc/kubernetes/pki/etcd/server.crt",
    );
    expect(files).toContain(
      "nodes/cp-1/root/etc/kubernetes/manifests/kube-apiserver.yaml",
    );
    expect(files.some((path) => path.endsWith("/ca.key"))).toBe(true);
    expect(files).not.toContain("pki/ca.key");
    expect(files).not.toContain("nodes/cp-1/root/etc/kubernetes/pki/ca.key");
  });

  test("keeps its requests, and fails the next apply in the same way", () => {
    const before = deployment.read(requests[0][0]);

    const run = deployment.tryApply();

    expect(run.ok).toBe(false);
    expect(deployment.read(requests[0][0])).toBe(before);
  });

  test("has its signed certificates accepted by the next apply, and then the plan is empty", () => {
    for (const [request, certificate] of requests)
      openssl(
        deployment,
        "x509",
        "-req",
        "-in",
        request,
        "-out",
        certificate,
        "-CA",
        "corporate.crt",
        "-CAkey",
        "corporate.key",
        "-days",
        "365",
        "-copy_extensions",
        "copyall",
      );

    deployment.apply();

    expect(deployment.plan().changes).toEqual(NOTHING);
    const pki = `${STORE}/nodes/cp-1/root/etc/kubernetes/pki`;
    expect(
      openssl(
        deployment,
        "verify",
        "-CAfile",
        "corporate.crt",
        `${pki}/apiserver.crt`,
      ),
    ).toContain("OK");
    expect(deployment.files(`${STORE}/pending`)).toEqual([]);
    const admin = deployment.read(`${STORE}/kubeconfigs/admin.conf`);
    const embedded = /client-certificate-data: (\S+)/.exec(admin)?.[1] ?? "";
    deployment.write("admin.crt", Buffer.from(embedded, "base64").toString());
    expect(
      openssl(deployment, "verify", "-CAfile", "corporate.crt", "admin.crt"),
    ).toContain("OK");
  });

  test("leaves the controller manager without a key to sign with", () => {
    const manifest = deployment.read(
      `${STORE}/nodes/cp-1/root/etc/kubernetes/manifests/kube-controller-manager.yaml`,
    );
    expect(manifest).toContain("--root-ca-file");
    expect(manifest).toContain("--cluster-signing-cert-file=\n");
    expect(manifest).toContain("--cluster-signing-key-file=\n");
  });

  test("is asked for one signature if one file is lost, and the others stay", () => {
    const before = deployment.hashes(STORE);
    deployment.remove(
      `${STORE}/nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt`,
    );

    const run = deployment.tryApply();

    expect(run.errors).toHaveLength(1);
    expect(run.errors[0].match(/sign {2}/g)).toHaveLength(1);
    const after = deployment.hashes(STORE);
    expect(
      Object.keys(before).filter((path) => before[path] !== after[path]),
    ).toEqual(["nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt"]);
  });

  test("does not prevent destroy while a certificate waits for a signature", () => {
    expect(deployment.destroy().ok).toBe(true);
    expect(deployment.files(`${STORE}/nodes`)).toEqual([]);
  });
});

describe("one CA of the user's for Kubernetes, etcd and the front proxy", () => {
  const deployment = new Deployment();
  deployments.push(deployment);
  const pki = `${STORE}/nodes/cp-1/root/etc/kubernetes/pki`;

  test("is once in the store, and at all three paths on the node", () => {
    makeAuthority(deployment, "own");
    deployment.program((stack) => {
      const store = new Store(stack, "store", { directory: STORE });
      const own = CertificateAuthority.fromFiles(stack, "ca", {
        store,
        certificate: "own.crt",
        key: "own.key",
      });
      new ControlPlane(stack, "cluster", {
        ...clusterProps(),
        store,
        certificateAuthority: own,
        etcdCertificateAuthority: own,
        frontProxyCertificateAuthority: own,
      });
    });

    deployment.apply();

    expect(deployment.plan().changes).toEqual(NOTHING);
    expect(deployment.files(`${STORE}/pki`)).toEqual([
      "ca.crt",
      "ca.key",
      "sa.key",
      "sa.pub",
    ]);
    for (const path of ["ca", "etcd/ca", "front-proxy-ca"])
      expect(deployment.read(`${pki}/${path}.crt`)).toBe(
        deployment.read("own.crt"),
      );
  });

  test("signs, and its key is only in the store", () => {
    expect(
      openssl(
        deployment,
        "verify",
        "-CAfile",
        "own.crt",
        `${pki}/apiserver.crt`,
        `${pki}/etcd/server.crt`,
        `${pki}/front-proxy-client.crt`,
      ).match(/OK/g),
    ).toHaveLength(3);
    expect(deployment.state()).not.toContain("PRIVATE KEY");
    expect(
      deployment.read(`${pki}/../manifests/kube-controller-manager.yaml`),
    ).toContain("--cluster-signing-key-file=/etc/kubernetes/pki/ca.key");
  });
});

test("a CA and its certificates can be used without Kubernetes", () => {
  const deployment = deploymentOf((stack) => {
    const store = new Store(stack, "store", { directory: "secrets" });
    const certificateAuthority = new CertificateAuthority(stack, "mesh", {
      store,
      commonName: "mesh",
      keyAlgorithm: KeyAlgorithm.ED25519,
      validity: Duration.days(100),
    });
    const certificate = new Certificate(stack, "gateway", {
      certificateAuthority,
      commonName: "gateway",
      names: ["gateway.example.org", "10.0.0.1"],
      usages: ["serverAuth"],
      keyAlgorithm: KeyAlgorithm.ED25519,
      validity: Duration.hours(24),
    });
    new Kubeconfig(stack, "kubeconfig", {
      certificateAuthority,
      server: "https://gateway.example.org",
      user: KubeconfigUser.embedded(certificate),
    });
  });

  const run = deployment.apply();

  expect(run.warnings).toEqual([]);
  expect(deployment.plan()).toMatchObject({ changes: NOTHING, warnings: [] });
  expect(deployment.hashes("secrets")).toMatchObject({
    "pki/mesh.crt": expect.anything(),
    "pki/mesh.key": expect.anything(),
    "certificates/gateway.crt": expect.anything(),
    "certificates/gateway.key": expect.anything(),
    "kubeconfigs/kubeconfig.conf": expect.anything(),
  });
  const gateway = "secrets/certificates/gateway.crt";
  expect(
    openssl(
      deployment,
      "verify",
      "-purpose",
      "sslserver",
      "-verify_ip",
      "10.0.0.1",
      "-CAfile",
      "secrets/pki/mesh.crt",
      gateway,
    ),
  ).toContain("OK");
  expect(
    openssl(deployment, "x509", "-in", gateway, "-noout", "-text"),
  ).toContain("Public Key Algorithm: ED25519");
});
