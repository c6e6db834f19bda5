import type { ControlPlaneProps } from "../../lib/constructs/site/control-plane-props";
import { ControlPlane } from "../../lib/constructs/cluster/control-plane";
import { Etcd } from "../../lib/constructs/site/etcd";
import { LocalControlPlane } from "../../lib/constructs/cluster/local-control-plane";
import { Runtime } from "../../lib/constructs/site/runtime";
import { flagWarningsOf } from "../../lib/constructs/site/flag-warnings";
import { flagGroups } from "../../lib/constructs/site/flags";
import { parseKubeadmConfig } from "../../lib/constructs/kubeadm-config/kubeadm-config";
import { siteOf } from "../../lib/constructs/site/site";
import { cluster, clusterProps, node, NODES } from "../support/cluster";
import { KUBEADM_CASES } from "../support/kubeadm";
import { expectHelpful, messageOf } from "../support/errors";
import { warningsOf } from "../support/warnings";

type Props = Partial<ControlPlaneProps>;
type Args = NonNullable<
  NonNullable<ControlPlaneProps["apiServer"]>["extraArgs"]
>;

const flagsIn = (warnings: readonly string[]): string[] =>
  warnings.flatMap((warning) =>
    [...warning.matchAll(/add "([^"]+)" to acceptedFlags/g)].map(
      ([, flag]) => flag,
    ),
  );

/** The flags that warnings name, in the format of `acceptedFlags`. */
function namedBy(given: Props): string[] {
  const props = clusterProps(given);
  const groups = flagGroups(siteOf(props, { external: false }));
  return flagsIn(flagWarningsOf(groups, props.acceptedFlags).warnings);
}

const apiServer = (extraArgs: Args): Props => ({ apiServer: { extraArgs } });
const controllerManager = (extraArgs: Args): Props => ({
  controllerManager: { extraArgs },
});
const scheduler = (extraArgs: Args): Props => ({ scheduler: { extraArgs } });
const kubelet = (extraArgs: Args): Props => ({ kubelet: { extraArgs } });
const config = (fields: Record<string, unknown>): Props => ({
  kubelet: { config: fields },
});
const etcd = (extraArgs: Args): Props => ({
  etcd: Etcd.stacked({ extraArgs }),
});

const KEYS = "/etc/kubernetes/other.crt";

describe("a flag that weakens the cluster warns:", () => {
  test.each<[string, Props]>([
    // Authorization.
    [
      "kube-apiserver --authorization-mode",
      apiServer({ "authorization-mode": "AlwaysAllow" }),
    ],
    [
      "kube-apiserver --authorization-mode",
      apiServer({ "authorization-mode": "Node,RBAC,AlwaysAllow" }),
    ],
    [
      "kube-apiserver --authorization-mode",
      apiServer({ "authorization-mode": "Node, AlwaysAllow , RBAC" }),
    ],
    [
      "kube-apiserver --authorization-mode",
      apiServer({ "authorization-mode": ["Node,RBAC", "AlwaysAllow"] }),
    ],
    [
      "kube-apiserver --authorization-mode",
      apiServer({ "authorization-mode": "Node" }),
    ],
    [
      "kube-apiserver --authorization-mode",
      apiServer({ "authorization-mode": "RBAC" }),
    ],
    [
      "kube-apiserver --authorization-mode",
      apiServer({ "authorization-mode": "Webhook" }),
    ],
    [
      "kubelet --authorization-mode",
      kubelet({ "authorization-mode": "AlwaysAllow" }),
    ],
    [
      "kubelet --authorization-mode",
      config({ authorization: { mode: "AlwaysAllow" } }),
    ],
    // Admission.
    [
      "kube-apiserver --enable-admission-plugins",
      apiServer({ "enable-admission-plugins": "PodNodeSelector" }),
    ],
    [
      "kube-apiserver --enable-admission-plugins",
      apiServer({ "enable-admission-plugins": "" }),
    ],
    [
      "kube-apiserver --enable-admission-plugins",
      apiServer({
        "enable-admission-plugins": ["AlwaysPullImages", "EventRateLimit"],
      }),
    ],
    [
      "kube-apiserver --enable-admission-plugins",
      apiServer({ "enable-admission-plugins": "NodeRestriction,AlwaysAdmit" }),
    ],
    [
      "kube-apiserver --disable-admission-plugins",
      apiServer({ "disable-admission-plugins": "NodeRestriction" }),
    ],
    [
      "kube-apiserver --disable-admission-plugins",
      apiServer({
        "disable-admission-plugins": "DefaultStorageClass, PodSecurity",
      }),
    ],
    [
      "kube-apiserver --disable-admission-plugins",
      apiServer({
        "disable-admission-plugins": ["DefaultStorageClass", "ServiceAccount"],
      }),
    ],
    // Credentials.
    ["kubelet --anonymous-auth", kubelet({ "anonymous-auth": "true" })],
    ["kubelet --anonymous-auth", kubelet({ "anonymous-auth": "T" })],
    ["kubelet --anonymous-auth", kubelet({ "anonymous-auth": ["false", "1"] })],
    [
      "kubelet --anonymous-auth",
      config({ authentication: { anonymous: { enabled: true } } }),
    ],
    ["kubelet --read-only-port", kubelet({ "read-only-port": "10255" })],
    ["kubelet --read-only-port", config({ readOnlyPort: 10255 })],
    [
      "kube-apiserver --token-auth-file",
      apiServer({ "token-auth-file": "/etc/kubernetes/tokens.csv" }),
    ],
    [
      "kube-apiserver --service-account-lookup",
      apiServer({ "service-account-lookup": "FALSE" }),
    ],
    ["kube-apiserver --client-ca-file", apiServer({ "client-ca-file": KEYS })],
    [
      "kube-apiserver --requestheader-client-ca-file",
      apiServer({ "requestheader-client-ca-file": KEYS }),
    ],
    [
      "kube-apiserver --requestheader-allowed-names",
      apiServer({ "requestheader-allowed-names": "" }),
    ],
    [
      "kube-controller-manager --client-ca-file",
      controllerManager({ "client-ca-file": KEYS }),
    ],
    ["kubelet --client-ca-file", kubelet({ "client-ca-file": KEYS })],
    [
      "kubelet --client-ca-file",
      config({ authentication: { x509: { clientCAFile: KEYS } } }),
    ],
    [
      "kube-controller-manager --use-service-account-credentials",
      controllerManager({ "use-service-account-credentials": "false" }),
    ],
    [
      "kube-controller-manager --authorization-always-allow-paths",
      controllerManager({
        "authorization-always-allow-paths": "/healthz,/metrics",
      }),
    ],
    [
      "kube-scheduler --authorization-always-allow-paths",
      scheduler({ "authorization-always-allow-paths": "/*" }),
    ],
    [
      "kube-controller-manager --controllers",
      controllerManager({ controllers: "*,bootstrapsigner" }),
    ],
    [
      "kube-controller-manager --controllers",
      controllerManager({
        controllers: "*,bootstrapsigner,tokencleaner,-tokencleaner",
      }),
    ],
    [
      "kubelet --rotate-certificates",
      kubelet({ "rotate-certificates": "false" }),
    ],
    ["kubelet --config", kubelet({ config: "/etc/kubelet.yaml" })],
    [
      "kubelet --manifest-url",
      config({ staticPodURL: "https://example.org/pod.yaml" }),
    ],
    // Network and endpoints.
    [
      "kube-apiserver --tls-min-version",
      apiServer({ "tls-min-version": "VersionTLS10" }),
    ],
    [
      "kube-scheduler --tls-min-version",
      scheduler({ "tls-min-version": "VersionTLS11" }),
    ],
    ["kubelet --tls-min-version", config({ tlsMinVersion: "VersionTLS11" })],
    [
      "kube-apiserver --tls-cipher-suites",
      apiServer({
        "tls-cipher-suites":
          "TLS_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_128_GCM_SHA256",
      }),
    ],
    [
      "kubelet --tls-cipher-suites",
      config({ tlsCipherSuites: ["TLS_ECDHE_RSA_WITH_RC4_128_SHA"] }),
    ],
    [
      "kube-apiserver --etcd-servers",
      apiServer({ "etcd-servers": "https://a:2379,http://b:2379" }),
    ],
    [
      "kube-apiserver --cors-allowed-origins",
      apiServer({ "cors-allowed-origins": "//localhost(:|$),.*" }),
    ],
    ...(
      ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const
    ).map((component): [string, Props] => [
      `${component} --profiling`,
      {
        "kube-apiserver": apiServer,
        "kube-controller-manager": controllerManager,
        "kube-scheduler": scheduler,
      }[component]({ profiling: "true" }),
    ]),
    ["kube-apiserver --v", apiServer({ v: "10" })],
    ["kubelet --v", config({ logging: { verbosity: 9 } })],
    [
      "kubelet --make-iptables-util-chains",
      config({ makeIPTablesUtilChains: false }),
    ],
    [
      "kubelet --streaming-connection-idle-timeout",
      kubelet({ "streaming-connection-idle-timeout": "0s" }),
    ],
    [
      "kubelet --feature-gates",
      config({ featureGates: { RotateKubeletServerCertificate: false } }),
    ],
    // etcd.
    ["etcd --client-cert-auth", etcd({ "client-cert-auth": "false" })],
    ["etcd --peer-client-cert-auth", etcd({ "peer-client-cert-auth": "0" })],
    ["etcd --auto-tls", etcd({ "auto-tls": "true" })],
    [
      "etcd --peer-auto-tls",
      {
        etcd: Etcd.stacked({
          extraEnvs: [{ name: "ETCD_PEER_AUTO_TLS", value: "true" }],
        }),
      },
    ],
    ["etcd --trusted-ca-file", etcd({ "trusted-ca-file": KEYS })],
    [
      "etcd --listen-client-urls",
      etcd({
        "listen-client-urls": "https://127.0.0.1:2379,http://10.0.0.11:2379",
      }),
    ],
    [
      "etcd --discovery-insecure-skip-tls-verify",
      etcd({ "discovery-insecure-skip-tls-verify": "true" }),
    ],
    ["etcd --force-new-cluster", etcd({ "force-new-cluster": "true" })],
    ["etcd --unsafe-no-fsync", etcd({ "unsafe-no-fsync": "true" })],
    ["etcd --enable-pprof", etcd({ "enable-pprof": "true" })],
    [
      "etcd --cipher-suites",
      etcd({ "cipher-suites": "TLS_RSA_WITH_AES_256_CBC_SHA" }),
    ],
    [
      "etcd --feature-gates",
      etcd({ "feature-gates": "StopGRPCServiceOnDefrag=true" }),
    ],
  ])("%s, %j", (flag, props) => {
    expect(new Set(namedBy(props))).toEqual(new Set([flag]));
  });

  test("anonymous requests, if another authorizer than RBAC may allow them", () => {
    const mode = "Node,RBAC,ABAC";
    expect(
      namedBy(
        apiServer({ "anonymous-auth": "true", "authorization-mode": mode }),
      ),
    ).toEqual(["kube-apiserver --anonymous-auth"]);
    expect(
      namedBy(
        apiServer({
          "anonymous-auth": "true",
          "authorization-mode": "AlwaysAllow",
        }),
      ),
    ).toContain("kube-apiserver --anonymous-auth");
  });

  test("a flag of a single node", () => {
    const given = { "anonymous-auth": "true" };
    const [warning, ...more] = warningsOf(
      cluster({
        nodes: [node(1), node(2, { kubeletExtraArgs: given }), node(3)],
      }),
    );
    expect(more).toEqual([]);
    expect(warning).toMatch(
      /^kubeletExtraArgs of node cp-2: kubelet --anonymous-auth=true weakens/,
    );
  });

  test("flags of a pool and of a single worker, without repeating the cluster's", () => {
    const program = cluster(kubelet({ "read-only-port": "10255" }), (plane) =>
      plane.addWorkers("pool", {
        kubelet: { config: { authorization: { mode: "AlwaysAllow" } } },
        nodes: [
          {
            name: "worker-1",
            address: "10.0.0.21",
            kubeletExtraArgs: { "anonymous-auth": "true" },
          },
        ],
      }),
    );
    expect(
      warningsOf(program).map((text) => text.split(" weakens")[0]),
    ).toEqual([
      "kubelet: kubelet --read-only-port=10255",
      "kubelet of the pool: kubelet --authorization-mode=AlwaysAllow",
      "kubeletExtraArgs of node worker-1: kubelet --anonymous-auth=true",
    ]);
  });

  test("flags in a kubeadm file", () => {
    const config = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: { advertiseAddress: 10.0.0.11 }
nodeRegistration:
  name: cp-1
  kubeletExtraArgs: [{ name: read-only-port, value: "10255" }]
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
apiServer:
  extraArgs:
    - { name: authorization-mode, value: "Node,RBAC" }
    - { name: authorization-mode, value: AlwaysAllow }
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: { anonymous: { enabled: true } }
`;
    const warnings = (acceptedFlags?: string[]) =>
      warningsOf((stack) => {
        ControlPlane.fromKubeadmConfig(stack, "cluster", {
          config,
          acceptedFlags,
        });
      }).filter((text) => text.includes("acceptedFlags"));
    expect(warnings()).toHaveLength(3);
    expect(
      warnings([
        "kube-apiserver --authorization-mode",
        "kubelet --anonymous-auth",
        "kubelet --read-only-port",
      ]),
    ).toEqual([]);
  });

  test("flags of a local control plane", () => {
    const local = (acceptedFlags: string[]) =>
      warningsOf((stack) => {
        new LocalControlPlane(stack, "local", {
          kubernetesVersion: "1.36.3",
          acceptedFlags,
          apiServer: { extraArgs: { "authorization-mode": "AlwaysAllow" } },
        });
      });
    expect(local([]).length).toBeGreaterThan(0);
    expect(local(["kube-apiserver --authorization-mode"])).toEqual([]);
  });
});

describe("there is no warning", () => {
  test.each<[string, Props]>([
    ["by default", {}],
    ["with several nodes", { nodes: NODES }],
    ["with units", { runtime: Runtime.systemd() }],
    [
      "with an external etcd",
      {
        etcd: Etcd.external({
          endpoints: ["https://etcd:2379"],
          caFile: "/a",
          certFile: "/b",
          keyFile: "/c",
        }),
      },
    ],
    [
      "if a list keeps the values that protect",
      apiServer({
        "enable-admission-plugins": "AlwaysPullImages, NodeRestriction",
      }),
    ],
    [
      "if a repeated flag keeps the values that protect",
      apiServer({
        "enable-admission-plugins": ["AlwaysPullImages", "NodeRestriction"],
      }),
    ],
    [
      "for an additional authorizer",
      apiServer({ "authorization-mode": "Node,RBAC,Webhook" }),
    ],
    [
      "for disabled plugins that do not protect",
      apiServer({
        "disable-admission-plugins":
          "DefaultStorageClass,DefaultTolerationSeconds",
      }),
    ],
    [
      "for anonymous requests with RBAC",
      apiServer({ "anonymous-auth": "true" }),
    ],
    [
      "for features that are switched off",
      apiServer({ profiling: "false", "anonymous-auth": "false" }),
    ],
    [
      "if the last value is harmless",
      kubelet({ "anonymous-auth": ["true", "false"] }),
    ],
    [
      "if a flag overrides a field",
      {
        kubelet: {
          config: { readOnlyPort: 10255 },
          extraArgs: { "read-only-port": "0" },
        },
      },
    ],
    [
      "for strong TLS",
      apiServer({
        "tls-min-version": "VersionTLS13",
        "tls-cipher-suites": "TLS_AES_256_GCM_SHA384",
      }),
    ],
    ["for a usual log level", apiServer({ v: "4" })],
    [
      "for the default value",
      apiServer({ "client-ca-file": "/etc/kubernetes/pki/ca.crt" }),
    ],
    [
      "for additional controllers",
      controllerManager({ controllers: "*,bootstrapsigner,tokencleaner,-ttl" }),
    ],
    [
      "for paths that reveal nothing",
      scheduler({
        "authorization-always-allow-paths": "/healthz,/readyz,/livez",
      }),
    ],
  ])("%s", (_, props) => {
    expect(namedBy(props)).toEqual([]);
  });
});

/** The flags that weaken the cluster in the test cases of kubeadm. */
const OF_KUBEADM: Readonly<Record<string, readonly string[]>> = {
  "v1.33.13 component-configs": ["kubelet --anonymous-auth"],
  "v1.36.3 component-configs": ["kubelet --anonymous-auth"],
  "v1.33.13 flags": ["kube-controller-manager --controllers"],
  "v1.36.3 flags": [
    "etcd --feature-gates",
    "kube-controller-manager --controllers",
  ],
};

test.each(KUBEADM_CASES)(
  "the kubeadm file $name of $version causes no other warnings",
  ({ config, name, version }) => {
    expect(namedBy(parseKubeadmConfig(config).props)).toEqual(
      OF_KUBEADM[`${version} ${name}`] ?? [],
    );
  },
);

test("a warning states the flag, the risk, and how to accept it", () => {
  const [warning] = warningsOf(
    cluster(apiServer({ "authorization-mode": "AlwaysAllow,RBAC,Node" })),
  );
  expect(warning).toBe(
    "apiServer: kube-apiserver --authorization-mode=AlwaysAllow,RBAC,Node weakens the cluster: anyone with a " +
      "credential may do everything. It takes effect, as with kubeadm. If you want this, add " +
      '"kube-apiserver --authorization-mode" to acceptedFlags.',
  );
});

test("an accepted flag causes no warning, but other flags still do", () => {
  const props = apiServer({
    profiling: "true",
    "token-auth-file": "/etc/kubernetes/tokens.csv",
  });
  expect(
    namedBy({ ...props, acceptedFlags: ["kube-apiserver --profiling"] }),
  ).toEqual(["kube-apiserver --token-auth-file"]);
});

test.each([
  "profiling",
  "kube-apiserver profiling",
  "kube-apiserver --no-such-flag",
  "kube-proxy --profiling",
  "kubelet --service-account-lookup",
  "",
])("fails when acceptedFlags has %j, which never causes a warning", (flag) => {
  expectHelpful(
    messageOf(() => warningsOf(cluster({ acceptedFlags: [flag] }))),
    `acceptedFlags has ${JSON.stringify(flag)}`,
  );
});
