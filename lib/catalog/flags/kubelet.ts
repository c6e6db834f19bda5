import { frozen } from "../frozen";
import type { ExtraArgs } from "../site";
import { TRUE, FALSE, ANYTHING, WEAK_TLS, profiles, VERBOSE } from "./common";
import { differs, type FlagPolicy, has, is, warn } from "./policy";

/**
 * @see https://kubernetes.io/docs/concepts/security/security-checklist/
 * @see https://www.cisecurity.org/benchmark/kubernetes
 */
export const KUBELET_FLAGS: readonly FlagPolicy[] = frozen([
  warn(
    "anyone who reaches the node's kubelet can use it without a credential",
    is("anonymous-auth", TRUE),
  ),
  warn(
    "anyone with a valid credential may run commands in every pod of the node",
    has("authorization-mode", "AlwaysAllow"),
  ),
  warn(
    "anyone who reaches that port of the node can list its pods, without a credential",
    is("read-only-port", "[0-9]*[1-9][0-9]*"),
  ),
  warn(
    "anyone with a certificate of that CA is accepted as the user that it names",
    differs("client-ca-file"),
  ),
  warn(
    "that file, not the one that is made here, decides who may use kubelet",
    is("config", ANYTHING),
  ),
  warn(
    "files in that directory override who may use kubelet",
    is("config-dir", ANYTHING),
  ),
  warn(
    "anyone who controls that address can start any pod on the node, without the API server",
    is("manifest-url", ANYTHING),
  ),
  warn(
    "pods may change kernel settings that affect other pods or the node",
    is("allowed-unsafe-sysctls", ANYTHING),
  ),
  warn(
    "kubelet no longer maintains the firewall rules on which pods depend",
    is("make-iptables-util-chains", FALSE),
  ),
  warn(
    "idle connections into pods stay open",
    is("streaming-connection-idle-timeout", "0[a-z]*"),
  ),
  warn(
    "its client certificate is not renewed, and the node is lost when it expires",
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

/** The fields of a KubeletConfiguration that have a flag. If both are set, the flag wins. */
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
  "event-qps": "eventRecordQPS",
  "pod-max-pids": "podPidsLimit",
  "seccomp-default": "seccompDefault",
  "tls-cert-file": "tlsCertFile",
  "tls-private-key-file": "tlsPrivateKeyFile",
  v: "logging.verbosity",
});

/** The fields of a KubeletConfiguration as the flags that they correspond to. */
export function fieldsOf(config: Readonly<Record<string, unknown>>): ExtraArgs {
  return Object.fromEntries(
    Object.entries(KUBELET_FIELDS).flatMap(([flag, path]) => {
      const value = path
        .split(".")
        .reduce<unknown>(
          (object, name) =>
            (object as Readonly<Record<string, unknown>> | undefined)?.[name],
          config,
        );
      return value === undefined || value === null
        ? []
        : [[flag, textsOf(value)]];
    }),
  );
}

const textsOf = (value: unknown): string | string[] => {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value).map(([name, each]) => `${name}=${each}`);
};
