import { execFileSync } from "node:child_process";
import {
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  Duration,
  KeyAlgorithm,
  Store,
} from "../../lib";
import { Deployment, NOTHING } from "../support/terraform";
import { type Certificate, type Finding, Linter } from "./certificates/linter";
import { certificatesIn, type Node } from "./certificates/store";

const STORE = "clusters/linted";
/** The longest name that a node may have. */
const LONG = `${"a".repeat(30)}.${"b".repeat(20)}.example.org`;

/** Findings of zlint about deliberate properties. */
const DELIBERATE: readonly {
  readonly rule: string;
  readonly files: RegExp;
  readonly why: string;
}[] = [
  {
    rule: "n_san_iana_pub_suffix_empty",
    files: /\.crt$/,
    why: "Names like kubernetes and localhost are called inside a cluster, not on the public web.",
  },
  {
    rule: "n_multiple_subject_rdn",
    files: /\/jane\.conf$/,
    why: "Go writes several groups of a user into one set, and so does every tool of Kubernetes.",
  },
  {
    rule: "e_subject_common_name_max_length",
    files: new RegExp(`/${LONG}/.*/kubelet\\.(conf|crt)$`),
    why: "The name of a node is its identity: the node authorizer and API servers compare all of it.",
  },
];

const isDeliberate = ({ name, rule }: Finding): boolean =>
  DELIBERATE.some((one) => one.rule === rule && one.files.test(name));

const V4: Node = { name: "cp-1", address: "10.0.0.11", service: "10.96.0.1" };
const V6: Node = { name: LONG, address: "fd00::11", service: "fd00:10:96::1" };

const linter = new Linter();
const seen: Finding[] = [];
const deployments: Deployment[] = [];
afterAll(() => {
  linter.dispose();
  deployments.forEach((deployment) => deployment.dispose());
});

function openssl(deployment: Deployment, ...args: readonly string[]): string {
  return execFileSync("openssl", args, {
    cwd: deployment.directory,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Makes a CA of the user's, with all recommended extensions. */
function makeAuthority(
  deployment: Deployment,
  subject: string,
  key: readonly string[],
  folder = ".",
): void {
  execFileSync("mkdir", ["-p", deployment.path(folder)]);
  openssl(
    deployment,
    "req",
    "-x509",
    "-utf8",
    "-newkey",
    ...key,
    "-nodes",
    "-days",
    "3650",
    "-subj",
    subject,
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
    "-keyout",
    `${folder}/ca.key`,
    "-out",
    `${folder}/ca.crt`,
  );
}

interface Case {
  readonly props?: Partial<ControlPlaneProps>;
  readonly node?: Node;
  /** Runs before the first apply. */
  readonly prepare?: (deployment: Deployment) => void;
  /** Whether the program uses the prepared files as the only CA. */
  readonly own?: boolean;
}

const CASES: Readonly<Record<string, Case>> = {
  "RSA, kubeadm's default": {},
  "P-256 on IPv6, with a node's name of 63 characters": {
    node: V6,
    props: {
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      serviceSubnet: "fd00:10:96::/112",
      podSubnet: "fd00:10:244::/56",
    },
  },
  "a CA of the user's with RSA 3072": {
    own: true,
    prepare: (deployment) =>
      makeAuthority(deployment, "/O=Acme/CN=Acme Kubernetes", ["rsa:3072"]),
  },
  "a CA of the user's with P-384": {
    own: true,
    props: { keyAlgorithm: KeyAlgorithm.ECDSA_P384 },
    prepare: (deployment) =>
      makeAuthority(deployment, "/CN=acme-kubernetes", [
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-384",
      ]),
  },
  "a CA that OpenSSL made and the user put into the store, with UTF8String and more parts of a name":
    {
      props: { keyAlgorithm: KeyAlgorithm.ECDSA_P256 },
      prepare: (deployment) =>
        makeAuthority(
          deployment,
          "/C=DE/ST=Sachsen/L=Görlitz/OU=Müller & Söhne/CN=kubernetes",
          ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
          `${STORE}/pki`,
        ),
    },
};

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
