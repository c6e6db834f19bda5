import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ControlPlane,
  type ControlPlaneProps,
  Endpoint,
  Hardening,
  LocalControlPlane,
  Runtime,
} from "../../lib";
import { expectControlPlane } from "../../lib/testing";
import {
  cluster,
  clusterProps,
  host,
  newControlPlane,
  newStack,
} from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf, yamlOf } from "../support/synthesized";

const FILE = "/etc/kubernetes/kube-apiserver/authentication.yaml";

const configured = (props: Partial<ControlPlaneProps>) => {
  const stack = newStack();
  new ControlPlane(stack, "cluster", clusterProps(props));
  return expectControlPlane(stack);
};
const issuer = { url: "https://issuer.example.org", audiences: ["kubernetes"] };
const username = { claim: "sub", prefix: "oidc:" };
const JWT = [
  {
    issuer,
    claimMappings: {
      username,
      groups: { claim: "groups", prefix: "oidc:" },
      extra: [{ key: "example.org/team", valueExpression: "claims.team" }],
    },
    claimValidationRules: [{ claim: "hd", requiredValue: "example.org" }],
  },
];
const header = (version = "v1") => ({
  apiVersion: `apiserver.config.k8s.io/${version}`,
  kind: "AuthenticationConfiguration",
});

test.each([
  ["static pods", {}],
  ["units", { runtime: Runtime.systemd(), nodes: [host(1)] }],
])("a configuration is a file that a flag names, with %s", (_, props) => {
  const expected = configured({ ...props, authentication: { jwt: JWT } });
  expected.toHaveFlag("kube-apiserver", "authentication-config", FILE);
  expected.toHaveFile(FILE, { ...header(), jwt: JWT });
});

test("it has the version that the release reads", () => {
  configured({
    kubernetesVersion: "1.33.13",
    authentication: { jwt: JWT },
  }).toHaveFile(FILE, { ...header("v1beta1"), jwt: JWT });
});

test("hardening adds its open paths to an object that does not say any", () => {
  const hardening = Hardening.cis();
  configured({ hardening, authentication: { jwt: JWT } }).toHaveFile(
    FILE,
    expect.objectContaining({
      jwt: JWT,
      anonymous: {
        enabled: true,
        conditions: ["/livez", "/readyz", "/healthz"].map((path) => ({ path })),
      },
    }) as object,
  );
  const anonymous = { enabled: false };
  configured({ hardening, authentication: { anonymous } }).toHaveFile(FILE, {
    ...header(),
    anonymous,
  });
});

test("probes only open a connection if it refuses what they ask", () => {
  const probeWith = (anonymous: object) =>
    yamlOf(
      artefactsOf(cluster({ authentication: { anonymous } })).get(
        "nodes/cp-1/root/etc/kubernetes/manifests/kube-apiserver.yaml",
      )!,
    ).spec.containers[0].livenessProbe;
  expect(probeWith({ enabled: false })).toHaveProperty("tcpSocket");
  const conditions = [{ path: "/livez" }, { path: "/readyz" }];
  expect(probeWith({ enabled: true, conditions })).toHaveProperty("httpGet");
});

test("a local control plane has it, too", () => {
  const artefacts = artefactsOf((stack) => {
    new LocalControlPlane(stack, "local", {
      kubernetesVersion: "1.36.3",
      authentication: { jwt: JWT },
    });
  });
  expect(artefacts.has(`nodes/local/root${FILE}`)).toBe(true);
});

describe("a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "authentication-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("may have an older version, and only its hash is shown", () => {
    const path = join(folder, "a.yaml");
    writeFileSync(path, JSON.stringify({ ...header("v1beta1"), jwt: JWT }));
    const { spec } = artefactsOf(cluster({ authentication: path })).get(
      `nodes/cp-1/root${FILE}`,
    )!;
    expect(spec).toContain("filesha256");
    expect(spec).not.toContain("issuer");
  });
});

const withJwt = (change: object) => ({
  authentication: { jwt: [{ ...JWT[0], ...change }] },
});
const withUsername = (mapping: object) =>
  withJwt({ claimMappings: { username: mapping } });
const withIssuer = (change: object) =>
  withJwt({ issuer: { ...issuer, ...change } });

test.each<[string, Partial<ControlPlaneProps>, ...string[]]>([
  [
    "a field with a typing error",
    withIssuer({ audience: ["a"] }),
    "authentication.jwt[0].issuer.audience is not a field",
    "Did you mean audiences?",
  ],
  [
    "a field of a later version",
    {
      kubernetesVersion: "1.33.13",
      ...withIssuer({ egressSelectorType: "cluster" }),
    },
    "not a field in Kubernetes 1.33",
  ],
  ["no URL", withIssuer({ url: "" }), "jwt[0].issuer.url is missing"],
  [
    "an issuer without TLS",
    withIssuer({ url: "http://a.example" }),
    'issuer.url is "http://a.example"',
  ],
  ["no audience", withIssuer({ audiences: [] }), "audiences is missing"],
  [
    "several audiences without a policy",
    withIssuer({ audiences: ["a", "b"] }),
    "audienceMatchPolicy",
  ],
  [
    "an audience twice",
    withIssuer({ audiences: ["a", "a"], audienceMatchPolicy: "MatchAny" }),
    "audiences[1]",
  ],
  [
    "a discovery at the same place",
    withIssuer({ discoveryURL: `${issuer.url}/` }),
    "the url of the same issuer",
  ],
  [
    "an issuer twice",
    { authentication: { jwt: [JWT[0], JWT[0]] } },
    "jwt[1].issuer.url",
  ],
  ["no user name", withUsername({}), "neither claim nor expression"],
  [
    "a claim without a prefix",
    withUsername({ claim: "sub" }),
    "username has a claim without a prefix",
  ],
  [
    "a claim and an expression",
    withUsername({ claim: "sub", expression: "claims.sub", prefix: "" }),
    "both claim and expression",
  ],
  [
    "a prefix beside an expression",
    withUsername({ expression: "claims.sub", prefix: "a:" }),
    "Put the prefix into the expression",
  ],
  [
    "an email that nobody verified",
    withUsername({ expression: "claims.email" }),
    "claims.email_verified",
  ],
  [
    "a key without a domain",
    withJwt({
      claimMappings: {
        username,
        extra: [{ key: "a", valueExpression: "'b'" }],
      },
    }),
    'extra[0].key is "a"',
  ],
  [
    "a key of Kubernetes",
    withJwt({
      claimMappings: {
        username,
        extra: [{ key: "k8s.io/a", valueExpression: "'b'" }],
      },
    }),
    'extra[0].key is "k8s.io/a"',
  ],
  [
    "conditions while it is off",
    {
      authentication: {
        anonymous: { enabled: false, conditions: [{ path: "/livez" }] },
      },
    },
    "enabled is not true",
  ],
  [
    "a flag for the same",
    {
      authentication: { jwt: JWT },
      apiServer: { extraArgs: { "oidc-issuer-url": "https://a.example" } },
    },
    'apiServer.extraArgs["oidc-issuer-url"]',
  ],
  [
    "a proxy that cannot ask for health",
    {
      authentication: { anonymous: { enabled: false } },
      endpoint: Endpoint.localProxy(),
      nodes: [host(1)],
    },
    "authentication refuses anonymous requests",
  ],
])("fails when there is %s", (_, props, ...parts) => {
  expectHelpful(
    messageOf(() => newControlPlane(props)),
    ...parts,
  );
});
