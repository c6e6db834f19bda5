import { frozen } from "../frozen";
import {
  atLeast,
  checksOf,
  equal,
  files,
  type HardeningCheck,
  seen,
  set,
  unlike,
  unscored,
  unset,
  within,
  without,
} from "./check";

const etcd = checksOf("etcd");
const kubelet = checksOf("kubelet");
const ROOT = "root:root";

const SERVICE = [
  "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
  "/etc/systemd/system/kubelet.service",
];
const PROXY = ["/etc/kubernetes/kube-proxy.conf"];
const KUBECONFIG = ["/etc/kubernetes/kubelet.conf"];
const CA = ["/etc/kubernetes/pki/ca.crt"];
const CONFIGURATION = ["/var/lib/kubelet/config.yaml"];

/** The cipher suites that the benchmark calls strong, for kubelets. */
const STRONG = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
];

/** Section 2: etcd. */
export const ETCD_CHECKS: readonly HardeningCheck[] = frozen([
  etcd("2.1", "etcd serves TLS", [set("cert-file"), set("key-file")]),
  etcd(
    "2.2",
    "etcd's clients authenticate with certificates",
    equal("client-cert-auth", "true"),
  ),
  etcd(
    "2.3",
    "etcd does not sign its own certificate",
    unset("auto-tls"),
    equal("auto-tls", "false"),
  ),
  etcd("2.4", "etcd's members use TLS with each other", [
    set("peer-cert-file"),
    set("peer-key-file"),
  ]),
  etcd(
    "2.5",
    "etcd's members authenticate with certificates",
    equal("peer-client-cert-auth", "true"),
  ),
  etcd(
    "2.6",
    "etcd's members do not sign their own certificates",
    unset("peer-auto-tls"),
    equal("peer-auto-tls", "false"),
  ),
  unscored(etcd("2.7", "etcd has a CA of its own", set("trusted-ca-file"))),
]);

/** Section 3: the configuration of the control plane. */
export const CONFIGURATION_CHECKS: readonly HardeningCheck[] = frozen([
  seen("people", "3.1.1", "People do not log in with client certificates"),
  seen("people", "3.1.2", "People do not log in with service account tokens"),
  seen("people", "3.1.3", "People do not log in with bootstrap tokens"),
  unscored(
    checksOf("kube-apiserver")(
      "3.2.1",
      "There is an audit policy",
      set("audit-policy-file"),
    ),
  ),
  seen("people", "3.2.2", "The audit policy covers what matters"),
]);

/** Section 4: kubelet and kube-proxy on every node. */
export const NODE_CHECKS: readonly HardeningCheck[] = frozen([
  files("4.1.1", "Only root can read kubelet's unit", SERVICE, { mode: "600" }),
  files("4.1.2", "Root owns kubelet's unit", SERVICE, { owner: ROOT }),
  unscored(
    files("4.1.3", "Only root can read kube-proxy's kubeconfig", PROXY, {
      mode: "600",
    }),
  ),
  unscored(
    files("4.1.4", "Root owns kube-proxy's kubeconfig", PROXY, {
      owner: ROOT,
    }),
  ),
  files("4.1.5", "Only root can read kubelet's kubeconfig", KUBECONFIG, {
    mode: "600",
  }),
  files("4.1.6", "Root owns kubelet's kubeconfig", KUBECONFIG, {
    owner: ROOT,
  }),
  unscored(
    files("4.1.7", "Only root can change the CA of clients", CA, {
      mode: "644",
    }),
  ),
  unscored(files("4.1.8", "Root owns the CA of clients", CA, { owner: ROOT })),
  files("4.1.9", "Only root can read kubelet's configuration", CONFIGURATION, {
    mode: "600",
  }),
  files("4.1.10", "Root owns kubelet's configuration", CONFIGURATION, {
    owner: ROOT,
  }),
  kubelet(
    "4.2.1",
    "kubelets refuse anonymous requests",
    equal("anonymous-auth", "false"),
  ),
  kubelet(
    "4.2.2",
    "kubelets do not allow every request",
    without("authorization-mode", "AlwaysAllow"),
  ),
  kubelet(
    "4.2.3",
    "kubelets accept clients with certificates",
    set("client-ca-file"),
  ),
  unscored(
    kubelet(
      "4.2.4",
      "kubelets have no port without authentication",
      equal("read-only-port", "0"),
      unset("read-only-port"),
    ),
  ),
  unscored(
    kubelet(
      "4.2.5",
      "Idle connections into pods end",
      unlike("streaming-connection-idle-timeout", "0"),
      unset("streaming-connection-idle-timeout"),
    ),
  ),
  kubelet(
    "4.2.6",
    "kubelets maintain the firewall rules on which pods depend",
    equal("make-iptables-util-chains", "true"),
    unset("make-iptables-util-chains"),
  ),
  unscored(
    kubelet(
      "4.2.7",
      "Nodes have the names of their hosts",
      unset("hostname-override"),
    ),
  ),
  unscored(
    kubelet(
      "4.2.8",
      "kubelets record events at a limited rate",
      atLeast("event-qps", 0),
      unset("event-qps"),
    ),
  ),
  unscored(
    kubelet("4.2.9", "kubelets serve with a certificate that is verified", [
      set("tls-cert-file"),
      set("tls-private-key-file"),
    ]),
  ),
  kubelet(
    "4.2.10",
    "Client certificates of kubelets are renewed",
    equal("rotate-certificates", "true"),
    unset("rotate-certificates"),
  ),
  unscored(
    kubelet(
      "4.2.11",
      "Serving certificates of kubelets are renewed",
      without("feature-gates", "RotateKubeletServerCertificate=false"),
      unset("feature-gates"),
    ),
  ),
  unscored(
    kubelet(
      "4.2.12",
      "kubelets use only strong cipher suites",
      within("tls-cipher-suites", STRONG),
    ),
  ),
  unscored(
    kubelet(
      "4.2.13",
      "The number of processes in a pod is limited",
      set("pod-max-pids"),
    ),
  ),
  unscored(
    kubelet(
      "4.2.14",
      "Pods run with the runtime's seccomp profile",
      set("seccomp-default"),
    ),
  ),
  // kube-proxy has no flags here; its configuration leaves the address to its default, the loopback address.
  seen("host", "4.3.1", "kube-proxy's metrics can be read only on its node"),
]);
