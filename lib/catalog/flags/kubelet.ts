import { frozen } from "../frozen";
import { TRUE, FALSE, ANYTHING, WEAK_TLS, profiles, VERBOSE } from "./common";
import { differs, type FlagPolicy, has, is, warn } from "./policy";

/**
 * @see https://kubernetes.io/docs/concepts/security/security-checklist/
 * @see https://www.cisecurity.org/benchmark/kubernetes
 */
export const KUBELET_FLAGS: readonly FlagPolicy[] = frozen([
  warn(
    "whoever reaches the node's kubelet is asked for no credential",
    is("anonymous-auth", TRUE),
  ),
  warn(
    "whoever kubelet knows may run commands in each pod of the node",
    has("authorization-mode", "AlwaysAllow"),
  ),
  warn(
    "whoever reaches that port of the node sees its pods, without a credential",
    is("read-only-port", "[0-9]*[1-9][0-9]*"),
  ),
  warn(
    "whoever has a certificate of that authority counts as the user that it names",
    differs("client-ca-file"),
  ),
  warn(
    "another file than the one made here says who may use kubelet",
    is("config", ANYTHING),
  ),
  warn("files there override who may use kubelet", is("config-dir", ANYTHING)),
  warn(
    "whoever controls that address starts any pod on the node, past the API server",
    is("manifest-url", ANYTHING),
  ),
  warn(
    "pods may change settings of the kernel that reach beyond them",
    is("allowed-unsafe-sysctls", ANYTHING),
  ),
  warn(
    "rules of the node's firewall that pods depend on are left to others",
    is("make-iptables-util-chains", FALSE),
  ),
  warn(
    "connections into pods that nobody uses stay open",
    is("streaming-connection-idle-timeout", "0[a-z]*"),
  ),
  warn(
    "its certificate is not renewed, and the node is lost when it ends",
    is("rotate-certificates", FALSE),
  ),
  warn(
    "its serving certificate is not renewed",
    has("feature-gates", "RotateKubeletServerCertificate=(?:0|f|false)"),
  ),
  ...WEAK_TLS,
  ...profiles("contention-profiling"),
  VERBOSE,
]);

/** The fields of a KubeletConfiguration that say what a flag says; the flag wins. */
export const KUBELET_FIELDS: Readonly<Record<string, string>> = frozen({
  "anonymous-auth": "authentication.anonymous.enabled",
  "client-ca-file": "authentication.x509.clientCAFile",
  "authorization-mode": "authorization.mode",
  "read-only-port": "readOnlyPort",
  "manifest-url": "staticPodURL",
  "allowed-unsafe-sysctls": "allowedUnsafeSysctls",
  "make-iptables-util-chains": "makeIPTablesUtilChains",
  "streaming-connection-idle-timeout": "streamingConnectionIdleTimeout",
  "feature-gates": "featureGates",
  "tls-min-version": "tlsMinVersion",
  "tls-cipher-suites": "tlsCipherSuites",
  "contention-profiling": "enableContentionProfiling",
  v: "logging.verbosity",
});
