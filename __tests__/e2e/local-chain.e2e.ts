import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { load } from "js-yaml";
import { CertificateAuthority, LocalControlPlane, Store } from "../../lib";
import {
  countCertificates,
  opensslAuthority,
  opensslChain,
} from "../attacks/support/openssl-authorities";
import { Deployment } from "../support/terraform";
import { binariesOf, KUBERNETES } from "./binaries";
import { until } from "./say";

const PORTS = { api: 16443, client: 12379, peer: 12380, metrics: 12381 };
const STORE = "clusters/chain";
const ROOT = `${STORE}/nodes/local/root`;

describe("real programs with a CA that a company's root CA signed", () => {
  const { root, middle, issuer } = opensslChain();
  const whole = [issuer, middle, root].map((each) => each.certificate).join("");
  const path = `${binariesOf(KUBERNETES, () => {})}:${process.env.PATH}`;
  const deployment = new Deployment({ PATH: path });
  const deploy = (trustChain: boolean): void => {
    deployment
      .program((stack) => {
        const store = new Store(stack, "store", { directory: STORE });
        new LocalControlPlane(stack, "cluster", {
          store,
          clusterName: "chain",
          port: PORTS.api,
          kubernetesVersion: KUBERNETES.text,
          certificateAuthority: CertificateAuthority.fromFiles(stack, "ca", {
            store,
            trustChain,
            certificate: "chain.crt",
            key: "issuer.key",
          }),
          etcd: {
            tls: true,
            clientPort: PORTS.client,
            peerPort: PORTS.peer,
            metricsPort: PORTS.metrics,
          },
          controllerManager: { port: 11257 },
        });
      })
      .apply();
  };
  const kubectl = (...args: string[]): string =>
    execFileSync(
      "kubectl",
      [
        "--kubeconfig",
        deployment.path(STORE, "kubeconfigs/admin.conf"),
        ...args,
      ],
      { encoding: "utf8", env: { ...process.env, PATH: path } },
    );

  beforeAll(() => {
    deployment.write("chain.crt", whole);
    deployment.write("issuer.key", issuer.key);
  });
  afterAll(() => {
    deployment.destroy();
    deployment.dispose();
  });

  /** The response to an administrator's client certificate that another CA below the same root signed. */
  function askAsForeignClient(): string {
    const other = opensslAuthority({ subject: "/CN=other", signer: root });
    const foreign = opensslAuthority({
      subject: "/O=system:masters/CN=foreign",
      signer: other,
      extensions: ["extendedKeyUsage = clientAuth"],
    });
    deployment.write("foreign.crt", foreign.certificate + other.certificate);
    deployment.write("foreign.key", foreign.key);
    const { stdout } = spawnSync(
      "curl",
      [
        "-s",
        "--cacert",
        deployment.path("chain.crt"),
        "--cert",
        deployment.path("foreign.crt"),
        "--key",
        deployment.path("foreign.key"),
        "-w",
        "%{http_code}",
        "-o",
        "/dev/null",
        `https://127.0.0.1:${PORTS.api}/api`,
      ],
      { encoding: "utf8" },
    );
    return stdout;
  }

  /** The certificate that the controller manager signs for a signing request. */
  async function signed(name: string): Promise<string> {
    const request = spawnSync(
      "openssl",
      [
        "req",
        "-new",
        "-newkey",
        "ec",
        "-nodes",
        "-subj",
        `/CN=${name}`,
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-keyout",
        "/dev/null",
      ],
      { encoding: "utf8" },
    ).stdout;
    writeFileSync(
      deployment.path("csr.json"),
      JSON.stringify({
        apiVersion: "certificates.k8s.io/v1",
        kind: "CertificateSigningRequest",
        metadata: { name },
        spec: {
          request: Buffer.from(request).toString("base64"),
          signerName: "kubernetes.io/kube-apiserver-client",
          usages: ["client auth"],
        },
      }),
    );
    kubectl("create", "-f", deployment.path("csr.json"));
    kubectl("certificate", "approve", name);
    let certificate = "";
    await until(`${name} is signed`, 60, () => {
      certificate = kubectl(
        "get",
        "csr",
        name,
        "-o",
        "jsonpath={.status.certificate}",
      );
      return Promise.resolve(certificate !== "");
    });
    return Buffer.from(certificate, "base64").toString();
  }

  test("run while only this CA is trusted, and the controller manager signs with it", async () => {
    deploy(false);
    expect(kubectl("get", "namespace", "default", "-o", "name")).toBe(
      "namespace/default\n",
    );
    expect(countCertificates(await signed("alone"))).toBe(1);
    expect(askAsForeignClient()).toBe("401");
  });

  test("run while the root is trusted, too, and then accept clients of other CAs below it", async () => {
    deploy(true);
    expect(countCertificates(await signed("together"))).toBe(1);
    expect(askAsForeignClient()).toBe("200");
  });

  test("a controller manager fails to start with the whole chain as its signing certificate", () => {
    const [manifest] = deployment
      .files(ROOT)
      .filter((file) =>
        file.endsWith("processes/kube-controller-manager.yaml"),
      );
    const { command } = load(deployment.read(`${ROOT}/${manifest}`)) as {
      command: string[];
    };
    const others = command
      .slice(1)
      .filter(
        (flag) => !/^--(cluster-signing-cert-file|secure-port)=/.test(flag),
      );
    const run = spawnSync(
      "kube-controller-manager",
      [
        ...others,
        `--cluster-signing-cert-file=${deployment.path("chain.crt")}`,
        "--secure-port=0",
      ],
      {
        cwd: deployment.path(ROOT),
        encoding: "utf8",
        env: { ...process.env, PATH: path },
        timeout: 60_000,
      },
    );
    expect(run.stderr).toMatch(/expected 1 certificate, found 3/);
    expect(run.status).toBe(1);
  });
});
