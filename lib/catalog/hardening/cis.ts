import type { ComponentRow } from "../component";
import { frozen } from "../frozen";
import { certificatePath } from "../paths";
import type { Site } from "../site";

/** What hardening sets, with the checks of the benchmark that need it. */
export interface HardeningRow {
  readonly checks: readonly string[];
  /** What is set, for people: `--profiling=false of kube-apiserver`. */
  readonly shown: string;
  readonly reason: string;
  /** The prop that sets it. Absent: it is the flag or the field of this row. */
  readonly by?: "audit" | "tls" | "authentication" | "files" | "kubelet";
  readonly flag?: {
    readonly component: ComponentRow["id"];
    readonly name: string;
    value(site: Site): string;
  };
  /** A field of a KubeletConfiguration. */
  readonly field?: {
    readonly name: string;
    value(site: Site): unknown;
  };
  /** Why it is not set in this cluster, as a clause. Absent, or `undefined`: it is. */
  unless?(site: Site): string | undefined;
}

const flag = (
  check: string,
  component: ComponentRow["id"],
  name: string,
  value: string,
  reason: string,
): HardeningRow => ({
  checks: [check],
  shown: `\`--${name}=${value}\` of ${component}`,
  reason,
  flag: { component, name, value: () => value },
});

const field = (
  check: string,
  name: string,
  value: unknown,
  reason: string,
): HardeningRow => ({
  checks: [check],
  shown: `\`${name}: ${String(value)}\` of kubelets`,
  reason,
  field: { name, value: () => value },
});

const NO_PROFILES =
  "A profile shows what a component does, and costs time to make.";

/** The certificates with which kubelets serve, if they are not made here. */
function otherServing({ kubelet }: Site): string | undefined {
  const { config, extraArgs } = kubelet;
  const flags = ["tls-cert-file", "cert-dir"].filter(
    (name) => name in extraArgs,
  );
  if (flags.length > 0) return `kubelet.extraArgs has ${flags.join(", ")}`;
  return config.tlsCertFile ? "kubelet.config has tlsCertFile" : undefined;
}

export const CIS_ROWS: readonly HardeningRow[] = frozen<HardeningRow[]>([
  {
    checks: ["1.2.1"],
    shown:
      "anonymous requests only to `/livez`, `/readyz` and `/healthz` (`--authentication-config` of kube-apiserver)",
    reason:
      "Nobody reaches anything else without a credential, and probes and proxies can still ask for health.",
    by: "authentication",
  },
  {
    checks: ["1.2.3"],
    shown:
      "`DenyServiceExternalIPs` among `--enable-admission-plugins` of kube-apiserver",
    reason:
      "A service with an address of somebody else gets that one's traffic.",
    flag: {
      component: "kube-apiserver",
      name: "enable-admission-plugins",
      value: () => "NodeRestriction,DenyServiceExternalIPs",
    },
  },
  {
    checks: ["1.2.5"],
    shown:
      "`--kubelet-certificate-authority` of kube-apiserver, the CA of the cluster",
    reason:
      "Logs, `exec` and `port-forward` go to the real kubelet; its certificate is made here and has the addresses of its node.",
    flag: {
      component: "kube-apiserver",
      name: "kubelet-certificate-authority",
      value: (site) => certificatePath(site, "ca.crt"),
    },
    unless: otherServing,
  },
  flag("1.2.15", "kube-apiserver", "profiling", "false", NO_PROFILES),
  {
    checks: ["1.2.16", "1.2.17", "1.2.18", "1.2.19", "3.2.1", "3.2.2"],
    shown: '`audit: Audit.preset("recommended")`, unless you set `audit`',
    reason: "What happened can be found out afterwards.",
    by: "audit",
  },
  {
    checks: ["1.2.29", "4.2.12"],
    shown:
      "`tls.cipherSuites` with AES-GCM only, unless you set `cipherSuites` or TLS 1.3 as the lowest version",
    reason: "Others are weaker, or unknown to the benchmark.",
    by: "tls",
  },
  flag(
    "1.2.30",
    "kube-apiserver",
    "service-account-extend-token-expiration",
    "false",
    "A token that leaks from a pod ends after an hour instead of a year.",
  ),
  flag(
    "1.3.1",
    "kube-controller-manager",
    "terminated-pod-gc-threshold",
    "1000",
    "Kubernetes' own limit is 12500 ended pods, which fill etcd.",
  ),
  flag("1.3.2", "kube-controller-manager", "profiling", "false", NO_PROFILES),
  flag("1.4.1", "kube-scheduler", "profiling", "false", NO_PROFILES),
  {
    checks: ["4.1.1", "4.1.9"],
    shown:
      "mode 0600 of kubelet's unit, drop-in and configuration, and of the files of `PodNetwork.routed()`",
    reason:
      "They say how kubelet can be reached, which only root needs to know.",
    by: "files",
  },
  field(
    "4.2.8",
    "eventRecordQPS",
    50,
    "It is kubelet's default, written down: no event is lost in normal times, and a flood does not reach the API server.",
  ),
  {
    checks: ["4.2.9"],
    shown:
      "`tlsCertFile` and `tlsPrivateKeyFile` of kubelets, unless you set how kubelets get their certificates",
    reason: "It is the pair that is made here anyway; the fields say so.",
    by: "kubelet",
  },
  field(
    "4.2.13",
    "podPidsLimit",
    4096,
    "A pod that starts processes without end does not take the whole node with it.",
  ),
  field(
    "4.2.14",
    "seccompDefault",
    true,
    "Pods cannot call what hardly any program needs, unless they ask for another profile.",
  ),
]);

/** The cipher suites that the benchmark accepts for API servers and for kubelets, and that etcd knows by the same name. */
export const CIS_SUITES: readonly string[] = frozen([
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
]);

/** The paths to which requests without a credential are allowed. */
export const ANONYMOUS_PATHS: readonly string[] = frozen([
  "/livez",
  "/readyz",
  "/healthz",
]);
