import type { ComponentId } from "../component-id";
import { ETCD_FEATURE_GATES, ETCD_STABLE_FLAGS } from "../etcd-flags";
import { frozen } from "../frozen";
import type { KubernetesVersion } from "../versions";

export interface RemovedFlag {
  /** The first version of Kubernetes without it: `1.27`, or `1.33 or earlier`. */
  readonly since: string;
  /** What to do instead, as a clause: `use --api-audiences`. */
  readonly instead: string;
}

interface Row {
  readonly flags: readonly string[];
  /** The first minor version without the flags. */
  readonly since: number;
  readonly instead: string;
}

const removed = (flags: string, since: number, instead: string): Row => ({
  flags: flags.split(" "),
  since,
  instead,
});

/** For flags removed in or before the oldest version that can be deployed; the exact version does not matter. */
const EARLIER = 33;

const NOTHING = "leave it out";

/** The logging library's own flags, which all components had. */
const LOGGING = removed(
  "log-dir log-file log-file-max-size logtostderr alsologtostderr stderrthreshold add-dir-header " +
    "skip-headers skip-log-headers one-output log-backtrace-at",
  26,
  "leave it out: components log to standard error. To keep the logs in files, set logDirectory of Runtime.systemd()",
);

const INSECURE_PORTS = removed(
  "address port",
  24,
  "use --bind-address and --secure-port: the insecure port was removed",
);

/**
 * The flags that Kubernetes removed. A test compares the flags removed since 1.33 with the components' own lists, and
 * checks that the lists no longer have those removed before.
 * @see https://github.com/kubernetes/kubernetes/tree/v1.36.3/CHANGELOG
 */
export const REMOVED: Readonly<Record<ComponentId, readonly Row[]>> = frozen({
  "kube-apiserver": [
    LOGGING,
    INSECURE_PORTS,
    removed(
      "insecure-port insecure-bind-address",
      24,
      "use --secure-port and --bind-address: the insecure port was removed",
    ),
    removed(
      "kubelet-https",
      22,
      "leave it out: the API server always uses HTTPS for kubelets",
    ),
    removed("service-account-api-audiences", 25, "use --api-audiences"),
    removed("target-ram-mb", 24, NOTHING),
    removed("master-service-namespace", 27, NOTHING),
    removed(
      "basic-auth-file",
      19,
      "use client certificates, or an authentication configuration",
    ),
    removed("enable-swagger-ui", EARLIER, NOTHING),
    removed(
      "experimental-encryption-provider-config",
      EARLIER,
      "use --encryption-provider-config",
    ),
    removed("audit-dynamic-configuration", 19, "use --audit-policy-file"),
    removed(
      "ssh-user ssh-keyfile",
      EARLIER,
      "use an egress selector configuration",
    ),
    removed(
      "cloud-provider cloud-config",
      EARLIER,
      "run a cloud controller manager",
    ),
    removed(
      "deserialization-cache-size storage-versions repair-malformed-updates",
      EARLIER,
      NOTHING,
    ),
    removed(
      "etcd-quorum-read",
      16,
      "leave it out: reads are always consistent",
    ),
  ],
  "kube-controller-manager": [
    LOGGING,
    INSECURE_PORTS,
    removed(
      "pod-eviction-timeout",
      27,
      "use tolerations with tolerationSeconds, or the API server's --default-not-ready-toleration-seconds",
    ),
    removed("enable-taint-manager", 27, "leave it out: it is always on"),
    removed(
      "experimental-cluster-signing-duration",
      EARLIER,
      "use --cluster-signing-duration",
    ),
    removed("horizontal-pod-autoscaler-use-rest-clients", EARLIER, NOTHING),
    removed(
      "horizontal-pod-autoscaler-upscale-delay horizontal-pod-autoscaler-downscale-delay",
      EARLIER,
      "use --horizontal-pod-autoscaler-downscale-stabilization",
    ),
    removed(
      "deleting-pods-qps deleting-pods-burst register-retry-count",
      EARLIER,
      NOTHING,
    ),
    removed(
      "volume-host-cidr-denylist volume-host-allow-local-loopback",
      EARLIER,
      NOTHING,
    ),
    removed(
      "concurrent-service-syncs",
      37,
      "set it for the cloud controller manager, which creates load balancers",
    ),
  ],
  "kube-scheduler": [
    LOGGING,
    INSECURE_PORTS,
    removed(
      "policy-config-file policy-configmap policy-configmap-namespace use-legacy-policy-config",
      23,
      "write profiles into a KubeSchedulerConfiguration, and pass its file with --config",
    ),
    removed(
      "algorithm-provider scheduler-name hard-pod-affinity-symmetric-weight",
      EARLIER,
      "write profiles into a KubeSchedulerConfiguration, and pass its file with --config",
    ),
    removed(
      "lock-object-name lock-object-namespace",
      EARLIER,
      "use --leader-elect-resource-name and --leader-elect-resource-namespace",
    ),
  ],
  kubelet: [
    LOGGING,
    removed(
      "container-runtime",
      27,
      "leave it out: --container-runtime-endpoint is enough",
    ),
    removed(
      "network-plugin network-plugin-mtu cni-bin-dir cni-conf-dir cni-cache-dir",
      24,
      "configure CNI in the container runtime",
    ),
    removed(
      "docker-endpoint image-pull-progress-deadline experimental-dockershim-root-directory non-masquerade-cidr",
      24,
      "configure the container runtime",
    ),
    removed("dynamic-config-dir", 24, "use kubelet's configuration file"),
    removed("master-service-namespace", 27, NOTHING),
    removed(
      "pod-infra-container-image",
      35,
      "configure the pause image in the container runtime",
    ),
    removed(
      "cloud-config",
      34,
      "leave it out: cloud providers no longer run inside kubelet",
    ),
    removed("register-schedulable", 34, "use --register-with-taints"),
    removed(
      "allow-privileged",
      15,
      "leave it out: admission decides who may be privileged",
    ),
    removed("cadvisor-port", 12, "use /metrics/cadvisor of kubelet"),
    removed("require-kubeconfig", EARLIER, NOTHING),
    removed(
      "experimental-bootstrap-kubeconfig",
      EARLIER,
      "use --bootstrap-kubeconfig",
    ),
    removed(
      "experimental-allowed-unsafe-sysctls",
      EARLIER,
      "use --allowed-unsafe-sysctls",
    ),
    removed(
      "redirect-container-streaming keep-terminated-pod-volumes",
      EARLIER,
      NOTHING,
    ),
    removed(
      "seccomp-profile-root",
      EARLIER,
      "put profiles into seccomp/ below --root-dir",
    ),
    removed(
      "azure-container-registry-config",
      EARLIER,
      "use a credential provider plugin",
    ),
    removed(
      "application-metrics-count-limit boot-id-file container-hints containerd containerd-namespace " +
        "enable-load-reader event-storage-age-limit event-storage-event-limit global-housekeeping-interval " +
        "log-cadvisor-usage machine-id-file storage-driver-buffer-duration storage-driver-db " +
        "storage-driver-host storage-driver-password storage-driver-secure storage-driver-table " +
        "storage-driver-user",
      37,
      NOTHING,
    ),
  ],
  // The versions are those of the Kubernetes release with that etcd: 3.6 since 1.34, 3.7 since 1.37.
  etcd: [
    removed(
      "enable-v2 experimental-enable-v2v3 proxy proxy-dial-timeout proxy-failure-wait proxy-read-timeout " +
        "proxy-refresh-interval proxy-write-timeout",
      34,
      "leave it out: etcd's API v2 was removed",
    ),
    removed(
      "discovery discovery-proxy",
      37,
      "use --discovery-endpoints and --discovery-token",
    ),
    ...Object.entries(ETCD_FEATURE_GATES).map(([flag, gate]) =>
      removed(`experimental-${flag}`, 37, `use --feature-gates=${gate}=true`),
    ),
    ...ETCD_STABLE_FLAGS.map((flag) =>
      removed(`experimental-${flag}`, 37, `use --${flag}`),
    ),
  ],
});

/**
 * The removed flags that the library itself writes for the versions that have them. It leaves them out, or replaces them,
 * in the versions that do not, so nobody has to do anything.
 */
const OWN: readonly string[] = frozen([
  "experimental-initial-corrupt-check",
  "experimental-watch-progress-notify-interval",
  "pod-infra-container-image",
]);

/** Like {@link removedFlag}, but only for flags that people have to remove from their program. */
export const usersRemovedFlag = (
  ...given: Parameters<typeof removedFlag>
): RemovedFlag | undefined =>
  OWN.includes(given[1]) ? undefined : removedFlag(...given);

/** Since when this Kubernetes version does not have a flag, and what to use instead; `undefined` if it has the flag. */
export function removedFlag(
  component: ComponentId,
  flag: string,
  version: KubernetesVersion,
): RemovedFlag | undefined {
  const row = REMOVED[component].find(({ flags }) => flags.includes(flag));
  return row && version.minor >= row.since
    ? {
        since: `1.${row.since}${row.since === EARLIER ? " or earlier" : ""}`,
        instead: row.instead,
      }
    : undefined;
}
