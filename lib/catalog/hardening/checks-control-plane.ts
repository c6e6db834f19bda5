import { frozen } from "../frozen";
import {
  atLeast,
  checksOf,
  equal,
  files,
  type HardeningCheck,
  having,
  seen,
  set,
  unlike,
  unscored,
  unset,
  within,
  without,
} from "./check";

const ROOT = "root:root";
const MANIFEST = (name: string) => [`/etc/kubernetes/manifests/${name}.yaml`];
const CONF = (name: string) => [`/etc/kubernetes/${name}.conf`];
const PKI = "/etc/kubernetes/pki/";

/** Each of these is a file that only root may read, in two checks. */
const privateFile = (
  ids: readonly [mode: string, owner: string],
  what: string,
  paths: readonly string[],
): HardeningCheck[] => [
  files(ids[0], `Only root can read ${what}`, paths, { mode: "600" }),
  files(ids[1], `Root owns ${what}`, paths, { owner: ROOT }),
];

const api = checksOf("kube-apiserver");
const controllerManager = checksOf("kube-controller-manager");
const scheduler = checksOf("kube-scheduler");

/** The cipher suites that the benchmark calls strong, for API servers. */
const STRONG = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  ...["ECDSA", "RSA"].flatMap((key) =>
    [
      "AES_128_GCM_SHA256",
      "AES_256_GCM_SHA384",
      "CHACHA20_POLY1305",
      "CHACHA20_POLY1305_SHA256",
    ].map((suite) => `TLS_ECDHE_${key}_WITH_${suite}`),
  ),
];

/** Section 1: control-plane nodes. */
export const CONTROL_PLANE_CHECKS: readonly HardeningCheck[] = frozen([
  ...privateFile(
    ["1.1.1", "1.1.2"],
    "the API server's pod manifest",
    MANIFEST("kube-apiserver"),
  ),
  ...privateFile(
    ["1.1.3", "1.1.4"],
    "the controller manager's pod manifest",
    MANIFEST("kube-controller-manager"),
  ),
  ...privateFile(
    ["1.1.5", "1.1.6"],
    "the scheduler's pod manifest",
    MANIFEST("kube-scheduler"),
  ),
  ...privateFile(["1.1.7", "1.1.8"], "etcd's pod manifest", MANIFEST("etcd")),
  unscored(
    seen(
      "host",
      "1.1.9",
      "Only root can read the configuration of pod networks",
    ),
  ),
  unscored(
    seen("host", "1.1.10", "Root owns the configuration of pod networks"),
  ),
  seen("host", "1.1.11", "Only its user can enter etcd's data directory"),
  seen("host", "1.1.12", "A user etcd owns etcd's data directory"),
  ...privateFile(["1.1.13", "1.1.14"], "the administrators' kubeconfigs", [
    ...CONF("admin"),
    ...CONF("super-admin"),
  ]),
  ...privateFile(
    ["1.1.15", "1.1.16"],
    "the scheduler's kubeconfig",
    CONF("scheduler"),
  ),
  ...privateFile(
    ["1.1.17", "1.1.18"],
    "the controller manager's kubeconfig",
    CONF("controller-manager"),
  ),
  files("1.1.19", "Root owns certificates and keys", [PKI], {
    owner: ROOT,
  }),
  unscored(
    files("1.1.20", "Only root can change certificates", [`${PKI}*.crt`], {
      mode: "644",
    }),
  ),
  unscored(
    files("1.1.21", "Only root can read keys", [`${PKI}*.key`], {
      mode: "600",
    }),
  ),
  unscored(
    api(
      "1.2.1",
      "API servers refuse anonymous requests",
      equal("anonymous-auth", "false"),
    ),
  ),
  api("1.2.2", "API servers accept no static tokens", unset("token-auth-file")),
  unscored(
    api(
      "1.2.3",
      "Services cannot claim external addresses",
      having("enable-admission-plugins", "DenyServiceExternalIPs"),
    ),
  ),
  api("1.2.4", "API servers authenticate to kubelets", [
    set("kubelet-client-certificate"),
    set("kubelet-client-key"),
  ]),
  api(
    "1.2.5",
    "API servers verify the certificates of kubelets",
    set("kubelet-certificate-authority"),
  ),
  api(
    "1.2.6",
    "API servers do not allow every request",
    without("authorization-mode", "AlwaysAllow"),
  ),
  api(
    "1.2.7",
    "A kubelet's rights are limited to its own node",
    having("authorization-mode", "Node"),
  ),
  api(
    "1.2.8",
    "Roles decide who may do what",
    having("authorization-mode", "RBAC"),
  ),
  unscored(
    api(
      "1.2.9",
      "The rate of events is limited",
      having("enable-admission-plugins", "EventRateLimit"),
    ),
  ),
  api(
    "1.2.10",
    "No plugin admits every request",
    without("enable-admission-plugins", "AlwaysAdmit"),
    unset("enable-admission-plugins"),
  ),
  unscored(
    api(
      "1.2.11",
      "A pod's images are pulled with its own credentials",
      having("enable-admission-plugins", "AlwaysPullImages"),
    ),
  ),
  api(
    "1.2.12",
    "Pods get service accounts",
    without("disable-admission-plugins", "ServiceAccount"),
    unset("disable-admission-plugins"),
  ),
  api(
    "1.2.13",
    "Nothing is created in a namespace that ends",
    without("disable-admission-plugins", "NamespaceLifecycle"),
    unset("disable-admission-plugins"),
  ),
  api(
    "1.2.14",
    "A kubelet can change only its own node and its pods",
    having("enable-admission-plugins", "NodeRestriction"),
  ),
  api("1.2.15", "API servers serve no profiles", equal("profiling", "false")),
  api("1.2.16", "Requests are recorded in a log", set("audit-log-path")),
  api(
    "1.2.17",
    "The log reaches back 30 days",
    atLeast("audit-log-maxage", 30),
  ),
  api(
    "1.2.18",
    "At least 10 old files of the log are kept",
    atLeast("audit-log-maxbackup", 10),
  ),
  api(
    "1.2.19",
    "A file of the log holds at least 100 MB",
    atLeast("audit-log-maxsize", 100),
  ),
  seen("people", "1.2.20", "The timeout of requests suits the cluster"),
  api(
    "1.2.21",
    "Tokens end with their service account",
    unset("service-account-lookup"),
    equal("service-account-lookup", "true"),
  ),
  api(
    "1.2.22",
    "Tokens of service accounts have a key of their own",
    set("service-account-key-file"),
  ),
  api("1.2.23", "API servers authenticate to etcd", [
    set("etcd-certfile"),
    set("etcd-keyfile"),
  ]),
  api("1.2.24", "API servers serve TLS", [
    set("tls-cert-file"),
    set("tls-private-key-file"),
  ]),
  api(
    "1.2.25",
    "Clients can authenticate with certificates",
    set("client-ca-file"),
  ),
  api("1.2.26", "API servers verify etcd", set("etcd-cafile")),
  unscored(
    api(
      "1.2.27",
      "Secrets are encrypted in etcd",
      set("encryption-provider-config"),
    ),
  ),
  seen("people", "1.2.28", "Secrets are encrypted with a strong provider"),
  unscored(
    api(
      "1.2.29",
      "API servers use only strong cipher suites",
      within("tls-cipher-suites", STRONG),
    ),
  ),
  api(
    "1.2.30",
    "Tokens of pods end after the time that they were asked for",
    equal("service-account-extend-token-expiration", "false"),
  ),
  unscored(
    controllerManager(
      "1.3.1",
      "The number of ended pods is limited",
      set("terminated-pod-gc-threshold"),
    ),
  ),
  controllerManager(
    "1.3.2",
    "The controller manager serves no profiles",
    equal("profiling", "false"),
  ),
  controllerManager(
    "1.3.3",
    "Each controller has only its own rights",
    unlike("use-service-account-credentials", "false"),
  ),
  controllerManager(
    "1.3.4",
    "The controller manager signs tokens with a key of their own",
    set("service-account-private-key-file"),
  ),
  controllerManager(
    "1.3.5",
    "Pods get the CA with which they verify API servers",
    set("root-ca-file"),
  ),
  controllerManager(
    "1.3.6",
    "Serving certificates of kubelets can be renewed",
    without("feature-gates", "RotateKubeletServerCertificate=false"),
    unset("feature-gates"),
  ),
  controllerManager(
    "1.3.7",
    "The controller manager listens only on its node",
    equal("bind-address", "127.0.0.1"),
    unset("bind-address"),
  ),
  scheduler(
    "1.4.1",
    "The scheduler serves no profiles",
    equal("profiling", "false"),
  ),
  scheduler(
    "1.4.2",
    "The scheduler listens only on its node",
    equal("bind-address", "127.0.0.1"),
    unset("bind-address"),
  ),
]);
