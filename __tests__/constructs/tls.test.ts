import {
  ControlPlane,
  type ControlPlaneProps,
  Etcd,
  LocalControlPlane,
  type LocalControlPlaneProps,
  Runtime,
  type TlsProps,
} from "../../lib";
import { KUBELET_FILES } from "../../lib/catalog/kubelet";
import { knownFlags } from "../../lib/catalog/flags/known";
import { CURVES } from "../../lib/catalog/tls";
import { expectControlPlane } from "../../lib/testing";
import {
  cluster,
  clusterProps,
  host,
  newStack,
  node,
} from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf, yamlOf } from "../support/synthesized";

const SUITES = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
];
const ALL: TlsProps = {
  minVersion: "VersionTLS12",
  cipherSuites: SUITES,
  curvePreferences: ["X25519", "X25519MLKEM768"],
};

const stackWith = (props: Partial<ControlPlaneProps>) => {
  const stack = newStack();
  new ControlPlane(stack, "cluster", clusterProps(props));
  return stack;
};

const kubeletOf = (props: Partial<ControlPlaneProps>, name = "cp-1") =>
  yamlOf(
    artefactsOf(cluster(props)).get(
      `nodes/${name}/root${KUBELET_FILES.configuration}`,
    )!,
  );

const COMPONENTS = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
] as const;

describe.each([
  ["static pods", {}],
  ["units", { runtime: Runtime.systemd(), nodes: [host(1)] }],
])("tls with %s", (_, runtime: Partial<ControlPlaneProps>) => {
  const props = { ...runtime, tls: ALL };
  const expected = expectControlPlane(stackWith(props));

  test.each(COMPONENTS)("is flags of %s", (component) => {
    expected.toHaveFlag(component, "tls-min-version", "VersionTLS12");
    expected.toHaveFlag(component, "tls-cipher-suites", SUITES.join(","));
    expected.toHaveFlag(component, "tls-curve-preferences", "29,4588");
  });

  test("is flags of etcd, under its own names", () => {
    expected.toHaveFlag("etcd", "tls-min-version", "TLS1.2");
    expected.toHaveFlag("etcd", "cipher-suites", SUITES.join(","));
  });

  test("is fields of every kubelet", () => {
    expect(kubeletOf(props)).toMatchObject({
      tlsMinVersion: "VersionTLS12",
      tlsCipherSuites: SUITES,
      tlsCurvePreferences: [29, 4588],
    });
  });
});

test("what is not given is not set", () => {
  const expected = expectControlPlane(
    stackWith({ tls: { minVersion: "VersionTLS13" } }),
  );
  for (const component of COMPONENTS) {
    expected.toHaveFlag(component, "tls-min-version", "VersionTLS13");
    expected.not.toHaveFlag(component, "tls-cipher-suites");
    expected.not.toHaveFlag(component, "tls-curve-preferences");
  }
  expected.toHaveFlag("etcd", "tls-min-version", "TLS1.3");
  expected.not.toHaveFlag("etcd", "cipher-suites");
});

test("the flags and fields of one component win", () => {
  const props: Partial<ControlPlaneProps> = {
    tls: ALL,
    scheduler: { extraArgs: { "tls-min-version": "VersionTLS13" } },
    kubelet: { config: { tlsMinVersion: "VersionTLS13" } },
    etcd: Etcd.stacked({ extraArgs: { "tls-min-version": "TLS1.3" } }),
  };
  const expected = expectControlPlane(stackWith(props));
  expected.toHaveFlag("kube-scheduler", "tls-min-version", "VersionTLS13");
  expected.toHaveFlag("kube-apiserver", "tls-min-version", "VersionTLS12");
  expected.toHaveFlag("etcd", "tls-min-version", "TLS1.3");
  // etcd does not start with both.
  expected.not.toHaveFlag("etcd", "cipher-suites");
  expect(kubeletOf(props).tlsMinVersion).toBe("VersionTLS13");
});

test("an etcd of somebody else is left alone", () => {
  const expected = expectControlPlane(
    stackWith({
      tls: ALL,
      etcd: Etcd.external({ endpoints: ["http://10.0.0.9:2379"] }),
    }),
  );
  expected.toHaveFlag("kube-apiserver", "tls-min-version", "VersionTLS12");
});

test("a dedicated etcd has the flags, too", () => {
  const etcd = Etcd.dedicated({
    nodes: [node(7, { name: "etcd-1" })],
    runtime: Runtime.systemd(),
  });
  expectControlPlane(stackWith({ tls: ALL, etcd })).toHaveFlag(
    "etcd",
    "tls-min-version",
    "TLS1.2",
  );
});

test("a kubeadm file can have it beside it", () => {
  const stack = newStack();
  ControlPlane.fromKubeadmConfig(stack, "cluster", {
    config: `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: 10.0.0.11}
nodeRegistration: {name: cp-1}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
`,
    tls: ALL,
  });
  expectControlPlane(stack).toHaveFlag("etcd", "tls-min-version", "TLS1.2");
});

describe("a local control plane", () => {
  const command = (
    component: string,
    props: Partial<LocalControlPlaneProps> = {},
  ): string[] =>
    yamlOf(
      artefactsOf((stack) => {
        new LocalControlPlane(stack, "local", {
          kubernetesVersion: "1.36.3",
          tls: ALL,
          ...props,
        });
      }).get(`nodes/local/root/etc/kubernetes/processes/${component}.yaml`)!,
    ).command;

  test("has the flags", () => {
    expect(command("kube-apiserver")).toContain(
      "--tls-min-version=VersionTLS12",
    );
  });

  test("has those of etcd only if etcd uses TLS", () => {
    expect(command("etcd").join()).not.toContain("tls-min-version");
    expect(command("etcd", { etcd: { tls: true } })).toContain(
      "--tls-min-version=TLS1.2",
    );
  });
});

test("every key exchange has a number of its own", () => {
  const numbers = Object.values(CURVES);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test("the flags exist in every version that is supported", () => {
  for (const component of COMPONENTS)
    for (const flag of ["tls-min-version", "tls-cipher-suites"])
      expect(knownFlags(component).get(flag)).toMatchObject({
        from: undefined,
        until: undefined,
      });
});

test.each<[string, TlsProps, string, ...string[]]>([
  [
    "a suite with a typing error",
    { cipherSuites: ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265"] },
    "Did you mean TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256?",
  ],
  [
    "a weak suite",
    { cipherSuites: [...SUITES, "TLS_RSA_WITH_RC4_128_SHA"] },
    'tls.cipherSuites has "TLS_RSA_WITH_RC4_128_SHA"',
  ],
  ["no suite", { cipherSuites: [] }, "tls.cipherSuites is an empty list"],
  [
    "suites without one for HTTP/2",
    { cipherSuites: ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"] },
    "can speak HTTP/2",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  ],
  [
    "suites with TLS 1.3 alone",
    { minVersion: "VersionTLS13", cipherSuites: SUITES },
    "etcd does not start",
    "Remove cipherSuites",
  ],
  [
    "no key exchange",
    { curvePreferences: [] },
    "tls.curvePreferences is an empty list",
  ],
  [
    "a key exchange twice",
    { curvePreferences: ["X25519", "X25519"] },
    'has "X25519" twice',
  ],
  [
    "only key exchanges that few clients know",
    { curvePreferences: ["X25519MLKEM768"] },
    "Add X25519",
  ],
])("fails when there is %s", (_, tls, ...parts) => {
  expectHelpful(
    messageOf(() => stackWith({ tls })),
    ...parts,
  );
});

test("fails when Kubernetes does not have the flag yet", () => {
  expectHelpful(
    messageOf(() =>
      stackWith({
        kubernetesVersion: "1.35.4",
        tls: { curvePreferences: ["X25519"] },
      }),
    ),
    "it came with 1.36",
  );
});

test.each<[string, object, ...string[]]>([
  [
    "an old version",
    { minVersion: "VersionTLS11" },
    "tls.minVersion",
    '"VersionTLS12"',
  ],
  [
    "a key exchange that nobody knows",
    { curvePreferences: ["X25519", "Curve256"] },
    "tls.curvePreferences[1]",
    'Did you mean "CurveP256"?',
  ],
])("fails when there is %s", (_, tls, ...parts) => {
  expectHelpful(
    messageOf(() => stackWith({ tls })),
    ...parts,
  );
});

test("fails when a variable of etcd's sets the same", () => {
  expectHelpful(
    messageOf(() =>
      stackWith({
        tls: ALL,
        etcd: Etcd.stacked({
          extraEnvs: [{ name: "ETCD_TLS_MIN_VERSION", value: "TLS1.3" }],
        }),
      }),
    ),
    "ETCD_TLS_MIN_VERSION",
  );
});
