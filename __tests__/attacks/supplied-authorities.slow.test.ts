import { load } from "js-yaml";
import { CertificateAuthority, ControlPlane, Duration, Store } from "../../lib";
import { clusterProps, STORE } from "../support/cluster";
import { Deployment, NOTHING, type Program } from "../support/terraform";
import { type GoCase, goVerify } from "./support/go-verify";
import {
  countCertificates,
  opensslAuthority,
  opensslChain,
} from "./support/openssl-authorities";

const deployments: Deployment[] = [];
afterAll(() => deployments.forEach((deployment) => deployment.dispose()));

function deploymentOf(program?: Program): Deployment {
  const deployment = new Deployment();
  deployments.push(deployment);
  return program ? deployment.program(program) : deployment;
}

const ROOT = `${STORE}/nodes/cp-1/root/etc/kubernetes`;
const PKI = `${ROOT}/pki`;

/** The first client certificate of a kubeconfig with its chain, and the trusted CAs. */
function kubeconfigOf(deployment: Deployment, path: string) {
  const { users, clusters } = load(deployment.read(path)) as {
    users: { user: Record<string, string> }[];
    clusters: { cluster: Record<string, string> }[];
  };
  const text = (base64: string): string =>
    Buffer.from(base64, "base64").toString();
  return {
    certificate: text(users[0].user["client-certificate-data"]),
    trusted: text(clusters[0].cluster["certificate-authority-data"]),
  };
}

/** The verifications that components and people of a cluster make. */
function cases(deployment: Deployment, trusted?: string): GoCase[] {
  const read = (path: string): string => deployment.read(`${PKI}/${path}`);
  const ca = trusted ?? read("ca.crt");
  const admin = kubeconfigOf(deployment, `${STORE}/kubeconfigs/admin.conf`);
  const kubelet = kubeconfigOf(deployment, `${ROOT}/kubelet.conf`);
  return [
    {
      trusted: trusted ?? admin.trusted,
      served: read("apiserver.crt"),
      usage: "server",
    },
    {
      trusted: ca,
      served: read("apiserver-kubelet-client.crt"),
      usage: "client",
    },
    { trusted: ca, served: admin.certificate, usage: "client" },
    { trusted: ca, served: kubelet.certificate, usage: "client" },
  ];
}

type Pair = ReturnType<typeof opensslAuthority>;

const expectTrusted = (all: readonly GoCase[]) =>
  expect(goVerify(all)).toEqual(all.map(() => "trusted"));

const controlPlaneFor =
  (days = 3650): Program =>
  (stack) => {
    new ControlPlane(
      stack,
      "cluster",
      clusterProps({ caCertificateValidity: Duration.days(days) }),
    );
  };

/** A cluster whose CA was put into its store before the first apply. */
function suppliedWith(pair: Pair): Deployment {
  const deployment = deploymentOf(controlPlaneFor());
  deployment.write(`${STORE}/pki/ca.crt`, pair.certificate);
  deployment.write(`${STORE}/pki/ca.key`, pair.key);
  deployment.apply();
  return deployment;
}

const leavesOf = (deployment: Deployment) =>
  ["apiserver.crt", "apiserver-kubelet-client.crt"].map((path) =>
    deployment.read(`${PKI}/${path}`),
  );

const currentOf = (deployment: Deployment) =>
  deployment.read(`${STORE}/pki/ca.crt`);

/** Changes the lifetime of the CA, so that its certificate is made again. */
function expectSignedAgain(deployment: Deployment, pair: Pair): void {
  const before = leavesOf(deployment);
  deployment.program(controlPlaneFor(7300)).apply();
  expect(currentOf(deployment)).not.toBe(pair.certificate);
  expect(leavesOf(deployment)).toEqual(before);
  expectTrusted(cases(deployment));
  // Clients that trust the old certificate still accept the leaf certificates.
  expectTrusted(cases(deployment, pair.certificate));
}

test.each([
  ["in UTF8String", {}],
  ["with more parts", { subject: "/C=DE/ST=Zürich/OU=a+CN=kubernetes" }],
  ["of a company", { subject: "/C=DE/O=x/CN=kubernetes" }],
])(
  "a CA with a name %s that was put into the store is trusted by Go with everything that it signed, also when it is signed again",
  (_, made) => {
    const pair = opensslAuthority(made);
    const deployment = suppliedWith(pair);
    expect(currentOf(deployment)).toBe(pair.certificate);
    expectTrusted(cases(deployment));
    expectSignedAgain(deployment, pair);
  },
);

describe("a CA that was put into the store, with a name in BMPString", () => {
  const pair = opensslAuthority({
    subject: "/OU=Zürich/CN=kubernetes",
    stringMask: "pkix",
  });
  let deployment: Deployment;
  beforeAll(() => {
    deployment = suppliedWith(pair);
  });

  test("is trusted by Go, with everything that it signed", () => {
    expect(currentOf(deployment)).toBe(pair.certificate);
    expectTrusted(cases(deployment));
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test("stays unchanged when the state is lost and everything is applied again", () => {
    const before = leavesOf(deployment);
    deployment.forgetState();
    deployment.apply();
    expect(currentOf(deployment)).toBe(pair.certificate);
    expect(leavesOf(deployment)).toEqual(before);
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test("stays unchanged when the cluster is destroyed and deployed again", () => {
    expect(deployment.destroy().ok).toBe(true);
    deployment.apply();
    expect(currentOf(deployment)).toBe(pair.certificate);
    expectTrusted(cases(deployment));
  });

  test("is signed again when its lifetime changes, and Go still trusts everything that it signed", () => {
    expectSignedAgain(deployment, pair);
    expect(deployment.plan().changes).toEqual(NOTHING);
  });
});

test("a key in a CA's certificate file is not copied to nodes, people, objects or the state", () => {
  const pair = opensslAuthority();
  const deployment = deploymentOf();
  deployment.write("ca.pem", pair.certificate + pair.key);
  deployment.write("ca.key", pair.key);
  deployment.program((stack) => {
    const store = new Store(stack, "store", { directory: STORE });
    const certificateAuthority = CertificateAuthority.fromFiles(stack, "ca", {
      store,
      certificate: "ca.pem",
      key: "ca.key",
    });
    new ControlPlane(stack, "cluster", {
      ...clusterProps(),
      store,
      certificateAuthority,
    });
  });
  deployment.apply();

  const secret = pair.key.split("\n")[1];
  const holds = (text: string): boolean =>
    text.includes(secret) ||
    [...text.matchAll(/[A-Za-z0-9+/]{80,}={0,2}/g)].some(([base64]) =>
      Buffer.from(base64, "base64").toString().includes(secret),
    );
  const holders = deployment
    .files(STORE)
    .filter((path) => holds(deployment.read(`${STORE}/${path}`)));
  expect(holders.sort()).toEqual([
    "nodes/cp-1/root/etc/kubernetes/pki/ca.key",
    "pki/ca.key",
  ]);
  expect(holds(deployment.state())).toBe(false);
});

describe("a CA that comes with the CAs above it", () => {
  const { root, middle, issuer } = opensslChain();
  const whole = [issuer, middle, root].map((each) => each.certificate).join("");
  const program =
    (trustChain?: boolean): Program =>
    (stack) => {
      const store = new Store(stack, "store", { directory: STORE });
      const own = CertificateAuthority.fromFiles(stack, "ca", {
        store,
        certificate: "chain.crt",
        key: "issuer.key",
        trustChain,
      });
      new ControlPlane(stack, "cluster", {
        ...clusterProps(),
        store,
        certificateAuthority: own,
        etcdCertificateAuthority: own,
        frontProxyCertificateAuthority: own,
      });
    };
  let deployment: Deployment;
  beforeAll(() => {
    deployment = deploymentOf();
    deployment.write("chain.crt", whole);
    deployment.write("issuer.key", issuer.key);
    deployment.program(program()).apply();
  });

  /** A client certificate of another CA below the same root. */
  const foreignClient = (): string => {
    const other = opensslAuthority({ subject: "/CN=other", signer: root });
    const client = opensslAuthority({
      subject: "/O=system:masters/CN=foreign",
      signer: other,
      extensions: ["extendedKeyUsage = clientAuth"],
    });
    return client.certificate + other.certificate;
  };

  test("is trusted alone: by API servers, kubelets, etcd, people and joining nodes", () => {
    expect(deployment.plan().changes).toEqual(NOTHING);
    for (const path of ["ca.crt", "etcd/ca.crt", "front-proxy-ca.crt"])
      expect(deployment.read(`${PKI}/${path}`)).toBe(issuer.certificate);
    const { trusted } = kubeconfigOf(
      deployment,
      `${STORE}/kubeconfigs/admin.conf`,
    );
    expect(trusted).toBe(issuer.certificate);
    expect(deployment.read(`${STORE}/objects/cluster-info.yaml`)).toContain(
      Buffer.from(issuer.certificate).toString("base64"),
    );
  });

  test("is verified by Go without its root, and by clients that trust only the root, with the served chain", () => {
    expectTrusted(cases(deployment));
    expectTrusted(cases(deployment, root.certificate));
    expect(countCertificates(deployment.read(`${PKI}/etcd/server.crt`))).toBe(
      3,
    );
  });

  test("is copied again if its chain file was lost, before anything is signed", () => {
    const chain = deployment.read(`${STORE}/pki/ca-chain.crt`);
    deployment.remove(`${STORE}/pki/ca-chain.crt`);
    deployment.apply();
    expect(deployment.read(`${STORE}/pki/ca-chain.crt`)).toBe(chain);
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test("does not admit clients that another CA below its root signed", () => {
    const [answer] = goVerify([
      {
        trusted: deployment.read(`${PKI}/ca.crt`),
        served: foreignClient(),
        usage: "client",
      },
    ]);
    expect(answer).toMatch(/signed by unknown authority/);
  });

  test("is trusted with its root if the user chooses that, and signs with a file that contains only its own certificate", () => {
    const before = deployment.read(`${PKI}/apiserver.crt`);
    deployment.program(program(true)).apply();
    expect(deployment.plan().changes).toEqual(NOTHING);
    expect(deployment.read(`${PKI}/ca.crt`)).toBe(whole);
    expect(deployment.read(`${PKI}/ca-issuer.crt`)).toBe(issuer.certificate);
    expect(deployment.read(`${PKI}/apiserver.crt`)).toBe(before);
    expectTrusted(cases(deployment));
    expect(
      goVerify([{ trusted: whole, served: foreignClient(), usage: "client" }]),
    ).toEqual(["trusted"]);
  });
});
