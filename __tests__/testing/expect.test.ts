import { AssertionError } from "node:assert";
import { TerraformStack, Testing } from "cdktf";
import { ControlPlane, KeyAlgorithm, type NodeProps } from "../../lib";
import {
  controlPlaneIn,
  expectControlPlane,
  including,
} from "../../lib/testing";
import "../../lib/testing/jest";

const stack = new TerraformStack(Testing.app(), "stack");
new ControlPlane(stack, "prod", {
  clusterName: "prod",
  kubernetesVersion: "1.36.3",
  endpoint: "api.example.org:6443",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  apiServer: {
    extraArgs: {
      "audit-log-maxage": "7",
      "service-account-issuer": ["https://a", "https://b"],
    },
  },
  nodes: [1, 2, 3].map((i): NodeProps => ({
    name: `cp-${i}`,
    address: `10.0.0.${i}`,
    kubeletExtraArgs: i === 3 ? { v: "4" } : {},
    files:
      i === 3
        ? []
        : [{ path: "/etc/audit.yaml", text: "kind: Policy\nrules: [1]\n" }],
  })),
});
const cluster = controlPlaneIn(stack);
const prod = expectControlPlane(cluster);
const [cp1, cp3] = ["cp-1", "cp-3"].map((node) =>
  expectControlPlane(cluster.on(node)),
);

const AUDIT = "/etc/audit.yaml";
const API_SERVER = "/etc/kubernetes/manifests/kube-apiserver.yaml";

describe.each<[string, () => void, () => void]>([
  [
    "a flag with a value",
    () => prod.toHaveFlag("kube-apiserver", "audit-log-maxage", "7"),
    () => prod.not.toHaveFlag("kube-apiserver", "audit-log-maxage", "7"),
  ],
  [
    "a flag with two hyphens, and any value",
    () => prod.toHaveFlag("kube-apiserver", "--audit-log-maxage"),
    () => prod.not.toHaveFlag("kube-apiserver", "--audit-log-maxage"),
  ],
  [
    "a flag that matches an expression, which may be global",
    () => prod.toHaveFlag("kube-apiserver", "authorization-mode", /RBAC/g),
    () => prod.not.toHaveFlag("kube-apiserver", "authorization-mode", /RBAC/g),
  ],
  [
    "a flag that is repeated",
    () =>
      prod.toHaveFlag("kube-apiserver", "service-account-issuer", [
        "https://a",
        "https://b",
      ]),
    () =>
      prod.not.toHaveFlag(
        "kube-apiserver",
        "service-account-issuer",
        including("https://b"),
      ),
  ],
  [
    "a flag of one node",
    () => cp3.toHaveFlag("kubelet", "v", "4"),
    () => cp3.not.toHaveFlag("kubelet", "v", "4"),
  ],
  ["a file", () => prod.toHaveFile(AUDIT), () => prod.not.toHaveFile(AUDIT)],
  [
    "a file with some of its fields",
    () => cp1.toHaveFile(API_SERVER, { spec: { hostNetwork: true } }),
    () => cp1.not.toHaveFile(API_SERVER, { spec: { hostNetwork: true } }),
  ],
  [
    "a certificate with some of its names",
    () =>
      prod.toHaveCertificate("apiserver", {
        names: including("api.example.org", "kubernetes"),
        usages: ["serverAuth"],
        commonName: /^kube/,
      }),
    () =>
      prod.not.toHaveCertificate("apiserver", {
        names: including("api.example.org"),
      }),
  ],
])("%s", (_, holds, negation) => {
  test("passes if it is there", holds);

  test("fails negated", () => {
    expect(negation).toThrow(AssertionError);
    expect(negation).toThrow(/ must not be so:\n {2}\S/);
  });
});

describe.each<[string, () => void, () => void, string]>([
  [
    "a flag with another value",
    () => prod.toHaveFlag("kube-apiserver", "audit-log-maxage", "30"),
    () => prod.not.toHaveFlag("kube-apiserver", "audit-log-maxage", "30"),
    `--audit-log-maxage of kube-apiserver in the cluster prod is not as expected:
  cp-1, cp-2, cp-3: expected "30", found "7"
See ${API_SERVER}.`,
  ],
  [
    "a flag that is absent",
    () => prod.toHaveFlag("kube-apiserver", "audit-log-path"),
    () => prod.not.toHaveFlag("kube-apiserver", "audit-log-path"),
    `--audit-log-path of kube-apiserver in the cluster prod is not as expected:
  cp-1, cp-2, cp-3: found none
See ${API_SERVER}.`,
  ],
  [
    "a list with other items",
    () =>
      prod.toHaveFlag("kube-apiserver", "service-account-issuer", [
        "https://b",
        "https://c",
      ]),
    () =>
      prod.not.toHaveFlag("kube-apiserver", "service-account-issuer", [
        "https://c",
      ]),
    `  cp-1, cp-2, cp-3:
    the list: "https://c" is missing
    the list: "https://a" was not expected`,
  ],
  [
    "a file that is absent",
    () => cp1.toHaveFile("/etc/audi.yaml"),
    () => cp1.not.toHaveFile("/etc/audi.yaml"),
    'There is no file "/etc/audi.yaml" on cp-1.',
  ],
  [
    "a file with other fields",
    () =>
      cp1.toHaveFile(API_SERVER, {
        metadata: { labels: { tier: "other" } },
        spec: { containers: [{ image: /v1\.35/ }], priority: "high" },
      }),
    () => cp1.not.toHaveFile(API_SERVER, { kind: "Node" }),
    `  cp-1:
    metadata.labels.tier: expected "other", found "control-plane"
    spec.containers[0].image: expected /v1\\.35/, found "registry.k8s.io/kube-apiserver:v1.36.3"
    spec.priority: expected "high", found 2000001000
See ${API_SERVER}.`,
  ],
  [
    "a certificate without a name",
    () =>
      prod.toHaveCertificate("ca", { names: including("x"), validityHours: 1 }),
    () => prod.not.toHaveCertificate("ca", { names: including("x") }),
    `The certificate ca in the cluster prod is not as expected:
  the store:
    names: expected a list with "x", found ["kubernetes"]
    validityHours: expected 1, found 87600
See pki/ca.crt.`,
  ],
  [
    "a certificate that is absent",
    () => prod.toHaveCertificate("apiserver-etcd"),
    () => prod.not.toHaveCertificate("apiserver-etcd"),
    'There is no certificate "apiserver-etcd" in the cluster prod.',
  ],
])("%s", (_, assertion, negation, message) => {
  test("fails, and says what was expected, what is there, and where", () => {
    expect(assertion).toThrow(AssertionError);
    expect(assertion).toThrow(message);
  });

  test("passes negated", negation);
});

describe("what is so on some nodes only", () => {
  const v4 = () => prod.toHaveFlag("kubelet", "v", "4");

  test("fails on the others", () => {
    expect(v4).toThrow('  cp-1, cp-2: expected "4", found none');
  });

  test("fails negated, too", () => {
    expect(() => prod.not.toHaveFlag("kubelet", "v", "4")).toThrow(
      '  cp-3: "4"',
    );
  });
});

describe.each([
  ["as it is", prod],
  ["negated", prod.not],
])("a name that does not exist fails %s", (_, expectation) => {
  test.each<[string, () => void, string]>([
    [
      "a component",
      () => expectation.toHaveFlag("kube-apisrver", "v"),
      "Did you mean kube-apiserver?",
    ],
    [
      "a flag",
      () => expectation.toHaveFlag("kube-apiserver", "audit-log-maxagee"),
      "Did you mean --audit-log-maxage?",
    ],
  ])("%s", (_what, assertion, message) => {
    expect(assertion).toThrow(message);
    expect(assertion).not.toThrow(AssertionError);
  });
});

test("the error has the two values for runners that show a difference", () => {
  const caught = ((): AssertionError | undefined => {
    try {
      prod.toHaveFlag("kube-apiserver", "audit-log-maxage", "30");
    } catch (error) {
      return error as AssertionError;
    }
    return undefined;
  })();
  expect(caught).toMatchObject({ expected: "30", actual: "7" });
  expect(caught?.stack).not.toContain("lib/testing/expect.ts");
});

test("many nodes with one problem are counted", () => {
  const large = new TerraformStack(Testing.app(), "large");
  const controlPlane = new ControlPlane(large, "prod", {
    clusterName: "prod",
    kubernetesVersion: "1.36.3",
    nodes: [{ name: "cp-1", address: "10.0.0.1" }],
  });
  controlPlane.addWorkers("web", {
    nodes: Array.from({ length: 9 }, (_, i) => ({
      name: `w-${i}`,
      address: `10.0.1.${i}`,
    })),
  });
  expect(() => expectControlPlane(large).toHaveFlag("kubelet", "v")).toThrow(
    "  cp-1, w-0, w-1, w-2, w-3 and 5 more: found none",
  );
});

describe("in Jest", () => {
  test("a stack, or what was read of it, is expected something", () => {
    expect(stack).toHaveFlag("kube-apiserver", "audit-log-maxage", "7");
    expect(cluster.on("cp-3")).not.toHaveFile("/etc/audit.yaml");
    expect(cluster).toHaveCertificate("apiserver", {
      names: expect.arrayContaining(["api.example.org"]),
    });
  });

  test("fails with the same message", () => {
    expect(() =>
      expect(cluster).toHaveFlag("kube-apiserver", "audit-log-maxage", "30"),
    ).toThrow('  cp-1, cp-2, cp-3: expected "30", found "7"');
    expect(() => expect(cluster).not.toHaveFlag("kubelet", "v", "4")).toThrow(
      '  cp-3: "4"',
    );
  });
});
