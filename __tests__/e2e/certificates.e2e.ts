import {
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  Duration,
  Store,
} from "../../lib";
import { Deployment, NOTHING } from "../support/terraform";
import { makeAuthority, openssl } from "./certificates/authority";
import { CASES, STORE, V4 } from "./certificates/cases";
import { DELIBERATE, isDeliberate } from "./certificates/deliberate";
import { type Certificate, type Finding, Linter } from "./certificates/linter";
import { certificatesIn, type Node } from "./certificates/store";

const linter = new Linter();
const seen: Finding[] = [];
const deployments: Deployment[] = [];
afterAll(() => {
  linter.dispose();
  deployments.forEach((deployment) => deployment.dispose());
});

/** The problems of a store's certificates. */
function lint(
  deployment: Deployment,
  node: Node,
  isOneAuthority: boolean,
): Finding[] {
  const certificates = certificatesIn(deployment, STORE, node, isOneAuthority);
  expect(certificates.length).toBeGreaterThan(17);
  const findings = linter.findings(certificates);
  seen.push(...findings);
  return findings.filter((finding) => !isDeliberate(finding));
}

describe.each(Object.entries(CASES))("certificates of %s", (_, each) => {
  const { node = V4, prepare, own = false } = each;
  const deployment = new Deployment();
  deployments.push(deployment);

  const program = (props: Partial<ControlPlaneProps> = {}) =>
    deployment.program((stack) => {
      const store = new Store(stack, "store", { directory: STORE });
      const authority =
        own &&
        CertificateAuthority.fromFiles(stack, "ca", {
          store,
          certificate: "ca.crt",
          key: "ca.key",
        });
      new ControlPlane(stack, "linted", {
        store,
        clusterName: "linted",
        kubernetesVersion: "1.36.3",
        nodes: [{ name: node.name, address: node.address }],
        ...each.props,
        ...props,
        ...(authority && {
          certificateAuthority: authority,
          etcdCertificateAuthority: authority,
          frontProxyCertificateAuthority: authority,
        }),
      }).addUser("jane", { groups: ["developers", "testers"] });
    });

  test("are accepted by Go and zlint, each for its purpose", () => {
    prepare?.(deployment);
    program().apply();
    expect(lint(deployment, node, own)).toEqual([]);
  });

  const subject = (): string =>
    openssl(
      deployment,
      "x509",
      "-in",
      `${STORE}/pki/ca.crt`,
      "-noout",
      "-subject",
      "-nameopt",
      "RFC2253,show_type",
    );
  const keys = (): [string, string][] =>
    Object.entries(deployment.hashes(STORE)).filter(([path]) =>
      path.endsWith(".key"),
    );

  test("are still accepted, and unchanged, after the lifetime of the CAs was raised", () => {
    const before = { subject: subject(), keys: keys() };
    program({ caCertificateValidity: Duration.days(7300) }).apply();
    expect(deployment.plan().changes).toEqual(NOTHING);
    expect(lint(deployment, node, own)).toEqual([]);
    expect({ subject: subject(), keys: keys() }).toEqual(before);
  });
});

describe("certificates", () => {
  test("of an external CA that signs the requests are accepted by Go and zlint", () => {
    const deployment = new Deployment();
    deployments.push(deployment);
    makeAuthority(deployment, "/CN=Acme", ["rsa:2048"]);
    deployment.write(
      "extensions",
      "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid",
    );
    deployment.program((stack) => {
      const store = new Store(stack, "store", { directory: STORE });
      const authority = CertificateAuthority.external(stack, "ca", {
        store,
        certificate: "ca.crt",
      });
      new ControlPlane(stack, "linted", {
        store,
        clusterName: "linted",
        kubernetesVersion: "1.36.3",
        nodes: [{ name: V4.name, address: V4.address }],
        certificateAuthority: authority,
        etcdCertificateAuthority: authority,
        frontProxyCertificateAuthority: authority,
      });
    });
    expect(deployment.tryApply().ok).toBe(false);
    const requests = deployment
      .files(`${STORE}/pending`)
      .filter((path) => path.endsWith(".csr"));
    for (const request of requests) {
      const path = `${STORE}/pending/${request}`;
      openssl(deployment, "req", "-in", path, "-noout", "-verify");
      openssl(
        deployment,
        "x509",
        "-req",
        "-in",
        path,
        "-days",
        "365",
        "-out",
        path.replace(/csr$/, "crt"),
        "-copy_extensions",
        "copyall",
        "-CA",
        "ca.crt",
        "-CAkey",
        "ca.key",
        "-extfile",
        "extensions",
      );
    }
    deployment.apply();
    expect(lint(deployment, V4, true)).toEqual([]);
  });

  test("with errors are found", () => {
    const deployment = new Deployment();
    deployments.push(deployment);
    makeAuthority(deployment, "/CN=a", ["rsa:2048"]);
    makeAuthority(
      deployment,
      "/CN=b",
      ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
      "other",
    );
    openssl(
      deployment,
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "group:P-256",
      "-nodes",
      "-subj",
      "/CN=c",
      "-keyout",
      "c.key",
      "-out",
      "c.crt",

      "-CA",
      "ca.crt",
      "-CAkey",
      "ca.key",
      "-addext",
      "subjectAltName=DNS:c",
      "-addext",
      "keyUsage=critical,keyEncipherment",
      "-addext",
      "extendedKeyUsage=clientAuth",
    );
    const certificate: Certificate = {
      name: "c",
      pem: deployment.read("c.crt"),
      roots: deployment.read("ca.crt"),
      usages: ["clientAuth"],
      hosts: ["c"],
    };
    const rulesOf = (changes: Partial<Certificate>): string[] =>
      linter.findings([{ ...certificate, ...changes }]).map(({ rule }) => rule);
    expect(rulesOf({})).toContain("e_ecdsa_allowed_ku");
    expect(rulesOf({})).not.toContain("verify");
    for (const wrong of [
      { roots: deployment.read("other/ca.crt") },
      { usages: ["serverAuth"] },
      { hosts: ["d"] },
    ] as const)
      expect(rulesOf(wrong)).toContain("verify");
  });

  test("still cause each finding of zlint that is listed as deliberate", () => {
    for (const { rule, files } of DELIBERATE)
      expect(
        seen.some((one) => one.rule === rule && files.test(one.name)),
      ).toBe(true);
  });
});
