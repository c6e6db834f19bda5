import { Etcd } from "../../lib/constructs/site/etcd";
import {
  apiServer,
  controllerManager,
  kubelet,
  namedBy,
  scheduler,
  type Args,
  type Props,
} from "./support/flags";

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
});
