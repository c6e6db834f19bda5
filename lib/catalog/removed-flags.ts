import type { ComponentId } from "./component-id";
import { frozen } from "./frozen";
import type { KubernetesVersion } from "./versions";

export interface RemovedFlag {
  /** The first version of Kubernetes without it: `1.27`, or `1.33 or earlier`. */
  readonly since: string;
  /** What to do now, a clause: `use --api-audiences`. */
  readonly instead: string;
}

interface Row {
  readonly flags: readonly string[];
  /** The minor that has it no longer. */
  readonly since: number;
  readonly instead: string;
}

const gone = (flags: string, since: number, instead: string): Row => ({
  flags: flags.split(" "),
  since,
  instead,
});

/** Gone before the oldest version that can be deployed; when exactly is nobody's concern any more. */
const EARLIER = 33;

const NOTHING = "leave it out";

/** The logging library's own flags, which all components had. */
const LOGGING = gone(
  "log-dir log-file log-file-max-size logtostderr alsologtostderr stderrthreshold add-dir-header " +
    "skip-headers skip-log-headers one-output log-backtrace-at",
  26,
  "leave it out: components log to standard error, and whoever runs them keeps that, as logDirectory of " +
    "Runtime.systemd() says",
);

const INSECURE_PORTS = gone(
  "address port",
  24,
  "use --bind-address and --secure-port: there is no insecure port any more",
);

/** The flags of etcd that became feature gates, without `experimental-`. */
const ETCD_FEATURE_GATES = {
  "initial-corrupt-check": "InitialCorruptCheck",
  "compact-hash-check-enabled": "CompactHashCheck",
  "enable-lease-checkpoint": "LeaseCheckpoint",
  "enable-lease-checkpoint-persist": "LeaseCheckpointPersist",
  "stop-grpc-service-on-defrag": "StopGRPCServiceOnDefrag",
  "txn-mode-write-with-shared-buffer": "TxnModeWriteWithSharedBuffer",
};

/** The flags of etcd that lost the `experimental-` before their names. */
const ETCD_STABLE_FLAGS = (
  "bootstrap-defrag-threshold-megabytes compact-hash-check-time compaction-batch-limit " +
  "compaction-sleep-interval corrupt-check-time distributed-tracing-address " +
  "distributed-tracing-instance-id distributed-tracing-sampling-rate distributed-tracing-service-name " +
  "downgrade-check-time enable-distributed-tracing memory-mlock peer-skip-client-san-verification " +
  "snapshot-catchup-entries warning-apply-duration warning-unary-request-duration " +
  "watch-progress-notify-interval"
).split(" ");

/**
 * The flags that Kubernetes had once. What was removed since 1.33 is compared with the components' own lists
 * in a test; before, with their absence there.
 * @see https://github.com/kubernetes/kubernetes/tree/v1.36.3/CHANGELOG
 */
const REMOVED: Readonly<Record<ComponentId, readonly Row[]>> = frozen({
  "kube-apiserver": [
    LOGGING,
    INSECURE_PORTS,
    gone(
      "insecure-port insecure-bind-address",
      24,
      "use --secure-port and --bind-address: there is no insecure port any more",
    ),
    gone(
      "kubelet-https",
      22,
      "leave it out: kubelets are always asked by HTTPS",
    ),
    gone("service-account-api-audiences", 25, "use --api-audiences"),
    gone("target-ram-mb", 24, NOTHING),
    gone("master-service-namespace", 27, NOTHING),
    gone(
      "basic-auth-file",
      19,
      "use client certificates, or an authentication configuration",
    ),
    gone("enable-swagger-ui", EARLIER, NOTHING),
    gone(
      "experimental-encryption-provider-config",
      EARLIER,
      "use --encryption-provider-config",
    ),
    gone("audit-dynamic-configuration", 19, "use --audit-policy-file"),
    gone(
      "ssh-user ssh-keyfile",
      EARLIER,
      "use an egress selector configuration",
    ),
    gone(
      "cloud-provider cloud-config",
      EARLIER,
      "run a cloud controller manager",
    ),
    gone(
      "deserialization-cache-size storage-versions repair-malformed-updates",
      EARLIER,
      NOTHING,
    ),
    gone("etcd-quorum-read", 16, "leave it out: reads are always consistent"),
  ],
  "kube-controller-manager": [
    LOGGING,
    INSECURE_PORTS,
    gone(
      "pod-eviction-timeout",
      27,
      "use tolerations with tolerationSeconds, or the API server's --default-not-ready-toleration-seconds",
    ),
    gone("enable-taint-manager", 27, "leave it out: it is always on"),
    gone(
      "experimental-cluster-signing-duration",
      EARLIER,
      "use --cluster-signing-duration",
    ),
    gone("horizontal-pod-autoscaler-use-rest-clients", EARLIER, NOTHING),
    gone(
      "horizontal-pod-autoscaler-upscale-delay horizontal-pod-autoscaler-downscale-delay",
      EARLIER,
      "use --horizontal-pod-autoscaler-downscale-stabilization",
    ),
    gone(
      "deleting-pods-qps deleting-pods-burst register-retry-count",
      EARLIER,
      NOTHING,
    ),
    gone(
      "volume-host-cidr-denylist volume-host-allow-local-loopback",
      EARLIER,
      NOTHING,
    ),
    gone(
      "concurrent-service-syncs",
      37,
      "set it where services are made: in the cloud controller manager",
    ),
  ],
  "kube-scheduler": [
    LOGGING,
    INSECURE_PORTS,
    gone(
      "policy-config-file policy-configmap policy-configmap-namespace use-legacy-policy-config",
      23,
      "write profiles into a KubeSchedulerConfiguration and give it with --config",
    ),
    gone(
      "algorithm-provider scheduler-name hard-pod-affinity-symmetric-weight",
      EARLIER,
      "write profiles into a KubeSchedulerConfiguration and give it with --config",
    ),
    gone(
      "lock-object-name lock-object-namespace",
      EARLIER,
      "use --leader-elect-resource-name and --leader-elect-resource-namespace",
    ),
  ],
  kubelet: [
    LOGGING,
    gone(
      "container-runtime",
      27,
      "leave it out: --container-runtime-endpoint says it all",
    ),
    gone(
      "network-plugin network-plugin-mtu cni-bin-dir cni-conf-dir cni-cache-dir",
      24,
      "configure CNI in the container runtime",
    ),
    gone(
      "docker-endpoint image-pull-progress-deadline experimental-dockershim-root-directory non-masquerade-cidr",
      24,
      "configure the container runtime",
    ),
    gone("dynamic-config-dir", 24, "use kubelet's configuration file"),
    gone("master-service-namespace", 27, NOTHING),
    gone(
      "pod-infra-container-image",
      35,
      "configure the pause image in the container runtime",
    ),
    gone(
      "cloud-config",
      34,
      "leave it out: cloud providers run outside of kubelet",
    ),
    gone("register-schedulable", 34, "use --register-with-taints"),
    gone(
      "allow-privileged",
      15,
      "leave it out: admission decides who may be privileged",
    ),
    gone("cadvisor-port", 12, "use /metrics/cadvisor of kubelet"),
    gone("require-kubeconfig", EARLIER, NOTHING),
    gone(
      "experimental-bootstrap-kubeconfig",
      EARLIER,
      "use --bootstrap-kubeconfig",
    ),
    gone(
      "experimental-allowed-unsafe-sysctls",
      EARLIER,
      "use --allowed-unsafe-sysctls",
    ),
    gone(
      "redirect-container-streaming keep-terminated-pod-volumes",
      EARLIER,
      NOTHING,
    ),
    gone(
      "seccomp-profile-root",
      EARLIER,
      "profiles are in seccomp/ below --root-dir",
    ),
    gone(
      "azure-container-registry-config",
      EARLIER,
      "use a credential provider plugin",
    ),
    gone(
      "application-metrics-count-limit boot-id-file container-hints containerd containerd-namespace " +
        "enable-load-reader event-storage-age-limit event-storage-event-limit global-housekeeping-interval " +
        "log-cadvisor-usage machine-id-file storage-driver-buffer-duration storage-driver-db " +
        "storage-driver-host storage-driver-password storage-driver-secure storage-driver-table " +
        "storage-driver-user",
      37,
      NOTHING,
    ),
  ],
  // By the etcd that Kubernetes brings: 3.6 since 1.34, 3.7 since 1.37.
  etcd: [
    gone(
      "enable-v2 experimental-enable-v2v3 proxy proxy-dial-timeout proxy-failure-wait proxy-read-timeout " +
        "proxy-refresh-interval proxy-write-timeout",
      34,
      "leave it out: etcd's second API is gone",
    ),
    gone(
      "discovery discovery-proxy",
      37,
      "use --discovery-endpoints and --discovery-token",
    ),
    ...Object.entries(ETCD_FEATURE_GATES).map(([flag, gate]) =>
      gone(`experimental-${flag}`, 37, `use --feature-gates=${gate}=true`),
    ),
    ...ETCD_STABLE_FLAGS.map((flag) =>
      gone(`experimental-${flag}`, 37, `use --${flag}`),
    ),
  ],
});

/** Why a flag of a component makes no sense with this version; `undefined` where it does. */
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

/** Every row, one flag each: what tests and documentation go through. */
export const REMOVED_FLAGS: readonly {
  readonly component: ComponentId;
  readonly flag: string;
  readonly since: number;
}[] = frozen(
  (Object.keys(REMOVED) as ComponentId[]).flatMap((component) =>
    REMOVED[component].flatMap(({ flags, since }) =>
      flags.map((flag) => ({ component, flag, since })),
    ),
  ),
);
