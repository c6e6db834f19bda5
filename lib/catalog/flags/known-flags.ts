import { frozen } from "../frozen";

/**
 * Every flag of each component in Kubernetes 1.33 to 1.37, as the components' own code registers them. It has a type if
 * its values are checked. `>=36`: 1.36 added the flag; `<35`: 1.35 removed it. Written by scripts/flags.ts.
 */
export const KNOWN_FLAGS = frozen({
  "kube-apiserver": `
admission-control admission-control-config-file advertise-address
aggregator-reject-forwarding-redirect:bool allow-metric-labels allow-metric-labels-manifest
allow-privileged:bool anonymous-auth:bool api-audiences apiserver-count:int
audit-log-batch-buffer-size:int audit-log-batch-max-size:int audit-log-batch-max-wait:duration
audit-log-batch-throttle-burst:int audit-log-batch-throttle-enable:bool
audit-log-batch-throttle-qps:float audit-log-compress:bool audit-log-format audit-log-maxage:int
audit-log-maxbackup:int audit-log-maxsize:int audit-log-mode audit-log-path
audit-log-truncate-enabled:bool audit-log-truncate-max-batch-size:int
audit-log-truncate-max-event-size:int audit-log-version audit-policy-file
audit-webhook-batch-buffer-size:int audit-webhook-batch-initial-backoff:duration
audit-webhook-batch-max-size:int audit-webhook-batch-max-wait:duration
audit-webhook-batch-throttle-burst:int audit-webhook-batch-throttle-enable:bool
audit-webhook-batch-throttle-qps:float audit-webhook-config-file
audit-webhook-initial-backoff:duration audit-webhook-mode audit-webhook-truncate-enabled:bool
audit-webhook-truncate-max-batch-size:int audit-webhook-truncate-max-event-size:int
audit-webhook-version authentication-config authentication-token-webhook-cache-ttl:duration
authentication-token-webhook-config-file authentication-token-webhook-version authorization-config
authorization-mode authorization-policy-file authorization-webhook-cache-authorized-ttl:duration
authorization-webhook-cache-unauthorized-ttl:duration authorization-webhook-config-file
authorization-webhook-version bind-address cert-dir client-ca-file contention-profiling:bool
coordinated-leadership-lease-duration:duration>=34
coordinated-leadership-renew-deadline:duration>=34 coordinated-leadership-retry-period:duration>=34
cors-allowed-origins debug-socket-path default-not-ready-toleration-seconds:int
default-unreachable-toleration-seconds:int default-watch-cache-size:int
delete-collection-workers:int disable-admission-plugins disable-http2-serving:bool disabled-metrics
egress-selector-config-file emulated-version emulation-forward-compatible:bool
enable-admission-plugins enable-aggregator-routing:bool enable-bootstrap-token-auth:bool
enable-garbage-collector:bool enable-logs-handler:bool enable-priority-and-fairness:bool
encryption-provider-config encryption-provider-config-automatic-reload:bool endpoint-reconciler-type
etcd-cafile etcd-certfile etcd-compaction-interval:duration etcd-count-metric-poll-period:duration
etcd-db-metric-poll-interval:duration etcd-healthcheck-timeout:duration etcd-keyfile etcd-prefix
etcd-readycheck-timeout:duration etcd-servers etcd-servers-overrides event-ttl:duration
external-hostname feature-gates goaway-chance:float help:bool http2-max-streams-per-connection:int
kubelet-certificate-authority kubelet-client-certificate kubelet-client-key kubelet-port:int
kubelet-preferred-address-types kubelet-read-only-port:int kubelet-timeout:duration
kubernetes-service-node-port:int lease-reuse-duration-seconds:int livez-grace-period:duration
log-flush-frequency:duration log-text-info-buffer-size log-text-split-stream:bool logging-format
max-connection-bytes-per-sec:int max-mutating-requests-inflight:int max-requests-inflight:int
min-compatibility-version>=35 min-request-timeout:int oidc-ca-file oidc-client-id oidc-groups-claim
oidc-groups-prefix oidc-issuer-url oidc-required-claim oidc-signing-algs oidc-username-claim
oidc-username-prefix peer-advertise-ip peer-advertise-port peer-ca-file permit-address-sharing:bool
permit-port-sharing:bool profiling:bool proxy-client-cert-file proxy-client-key-file
request-timeout:duration requestheader-allowed-names requestheader-client-ca-file
requestheader-extra-headers-prefix requestheader-group-headers requestheader-uid-headers
requestheader-username-headers runtime-config runtime-config-emulation-forward-compatible:bool
secure-port:int service-account-extend-token-expiration:bool service-account-issuer
service-account-jwks-uri service-account-key-file service-account-lookup:bool
service-account-max-token-expiration:duration service-account-signing-endpoint
service-account-signing-key-file service-cluster-ip-range service-node-port-range
show-hidden-metrics-for-version shutdown-delay-duration:duration shutdown-send-retry-after:bool
shutdown-watch-termination-grace-period:duration storage-backend
storage-initialization-timeout:duration storage-media-type strict-transport-security-directives
tls-cert-file tls-cipher-suites tls-curve-preferences>=36 tls-min-version tls-private-key-file
tls-sni-cert-key token-auth-file tracing-config-file v version vmodule watch-cache:bool
watch-cache-sizes
`,
  "kube-controller-manager": `
allocate-node-cidrs:bool allow-metric-labels allow-metric-labels-manifest allow-untagged-cloud:bool
attach-detach-reconcile-sync-period:duration authentication-kubeconfig
authentication-skip-lookup:bool authentication-token-webhook-cache-ttl:duration
authentication-tolerate-lookup-failure:bool authorization-always-allow-paths
authorization-kubeconfig authorization-webhook-cache-authorized-ttl:duration
authorization-webhook-cache-unauthorized-ttl:duration bind-address cert-dir cidr-allocator-type
client-ca-file cloud-config cloud-provider cluster-cidr cluster-name cluster-signing-cert-file
cluster-signing-duration:duration cluster-signing-key-file
cluster-signing-kube-apiserver-client-cert-file cluster-signing-kube-apiserver-client-key-file
cluster-signing-kubelet-client-cert-file cluster-signing-kubelet-client-key-file
cluster-signing-kubelet-serving-cert-file cluster-signing-kubelet-serving-key-file
cluster-signing-legacy-unknown-cert-file cluster-signing-legacy-unknown-key-file
concurrent-cron-job-syncs:int concurrent-daemonset-syncs:int concurrent-deployment-syncs:int
concurrent-device-taint-eviction-syncs:int>=35 concurrent-disruption-syncs>=37
concurrent-endpoint-syncs:int concurrent-ephemeralvolume-syncs:int concurrent-gc-syncs:int
concurrent-horizontal-pod-autoscaler-syncs:int concurrent-job-syncs:int
concurrent-namespace-syncs:int concurrent-replicaset-syncs:int concurrent-resource-quota-syncs:int
concurrent-resourceclaim-syncs>=36 concurrent-service-endpoint-syncs:int
concurrent-service-syncs:int<37 concurrent-serviceaccount-token-syncs:int
concurrent-statefulset-syncs:int concurrent-ttl-after-finished-syncs:int
concurrent-validating-admission-policy-status-syncs:int concurrent_rc_syncs:int
configure-cloud-routes:bool contention-profiling:bool controller-shutdown-timeout:duration>=35
controller-start-interval:duration controllers disable-attach-detach-reconcile-sync:bool
disable-force-detach-on-timeout:bool disable-http2-serving:bool disabled-metrics emulated-version
enable-dynamic-provisioning:bool enable-garbage-collector:bool enable-hostpath-provisioner:bool
enable-leader-migration:bool endpoint-updates-batch-period:duration
endpointslice-updates-batch-period:duration external-cloud-volume-plugin feature-gates
flex-volume-plugin-dir help:bool horizontal-pod-autoscaler-cpu-initialization-period:duration
horizontal-pod-autoscaler-downscale-stabilization:duration
horizontal-pod-autoscaler-initial-readiness-delay:duration
horizontal-pod-autoscaler-sync-period:duration horizontal-pod-autoscaler-tolerance:float
http2-max-streams-per-connection:int kube-api-burst:int kube-api-content-type kube-api-qps:float
kubeconfig large-cluster-size-threshold:int leader-elect:bool leader-elect-lease-duration:duration
leader-elect-renew-deadline:duration leader-elect-resource-lock leader-elect-resource-name
leader-elect-resource-namespace leader-elect-retry-period:duration leader-migration-config
legacy-service-account-token-clean-up-period:duration log-flush-frequency:duration
log-text-info-buffer-size log-text-split-stream:bool logging-format master
max-endpoints-per-slice:int min-compatibility-version>=35 min-resync-period:duration
mirroring-concurrent-service-endpoint-syncs:int
mirroring-endpointslice-updates-batch-period:duration mirroring-max-endpoints-per-subset:int
namespace-sync-period:duration node-cidr-mask-size:int node-cidr-mask-size-ipv4:int
node-cidr-mask-size-ipv6:int node-eviction-rate:float node-monitor-grace-period:duration
node-monitor-period:duration node-startup-grace-period:duration node-sync-period:duration
permit-address-sharing:bool permit-port-sharing:bool profiling:bool
pv-recycler-increment-timeout-nfs:int pv-recycler-minimum-timeout-hostpath:int
pv-recycler-minimum-timeout-nfs:int pv-recycler-pod-template-filepath-hostpath
pv-recycler-pod-template-filepath-nfs pv-recycler-timeout-increment-hostpath:int
pvclaimbinder-sync-period:duration requestheader-allowed-names requestheader-client-ca-file
requestheader-extra-headers-prefix requestheader-group-headers requestheader-uid-headers
requestheader-username-headers resource-quota-sync-period:duration root-ca-file
route-reconciliation-period:duration secondary-node-eviction-rate:float secure-port:int
service-account-private-key-file service-cluster-ip-range show-hidden-metrics-for-version
terminated-pod-gc-threshold:int tls-cert-file tls-cipher-suites tls-curve-preferences>=36
tls-min-version tls-private-key-file tls-sni-cert-key unhealthy-zone-threshold:float
use-service-account-credentials:bool v version vmodule
`,
  "kube-scheduler": `
allow-metric-labels allow-metric-labels-manifest authentication-kubeconfig
authentication-skip-lookup:bool authentication-token-webhook-cache-ttl:duration
authentication-tolerate-lookup-failure:bool authorization-always-allow-paths
authorization-kubeconfig authorization-webhook-cache-authorized-ttl:duration
authorization-webhook-cache-unauthorized-ttl:duration bind-address cert-dir client-ca-file config
contention-profiling:bool disable-http2-serving:bool disabled-metrics emulated-version feature-gates
help:bool http2-max-streams-per-connection:int kube-api-burst:int kube-api-content-type
kube-api-qps:float kubeconfig leader-elect:bool leader-elect-lease-duration:duration
leader-elect-renew-deadline:duration leader-elect-resource-lock leader-elect-resource-name
leader-elect-resource-namespace leader-elect-retry-period:duration log-flush-frequency:duration
log-text-info-buffer-size log-text-split-stream:bool logging-format master
min-compatibility-version>=35 permit-address-sharing:bool permit-port-sharing:bool
pod-max-in-unschedulable-pods-duration:duration profiling:bool requestheader-allowed-names
requestheader-client-ca-file requestheader-extra-headers-prefix requestheader-group-headers
requestheader-uid-headers requestheader-username-headers secure-port:int
show-hidden-metrics-for-version tls-cert-file tls-cipher-suites tls-curve-preferences>=36
tls-min-version tls-private-key-file tls-sni-cert-key v version vmodule write-config-to
`,
  kubelet: `
address allowed-unsafe-sysctls anonymous-auth:bool application-metrics-count-limit:int<37
authentication-token-webhook:bool authentication-token-webhook-cache-ttl:duration authorization-mode
authorization-webhook-cache-authorized-ttl:duration
authorization-webhook-cache-unauthorized-ttl:duration boot-id-file<37 bootstrap-kubeconfig cert-dir
cgroup-driver cgroup-root cgroups-per-qos:bool client-ca-file cloud-config<34 cloud-provider
cluster-dns cluster-domain config config-dir container-hints<37 container-log-max-files:int
container-log-max-size container-runtime-endpoint containerd<37 containerd-namespace<37
contention-profiling:bool cpu-cfs-quota:bool cpu-cfs-quota-period:duration cpu-manager-policy
cpu-manager-policy-options cpu-manager-reconcile-period:duration
enable-controller-attach-detach:bool enable-debugging-handlers:bool enable-load-reader:bool<37
enable-server:bool enforce-node-allocatable event-burst:int event-qps:int event-storage-age-limit<37
event-storage-event-limit<37 eviction-hard eviction-max-pod-grace-period:int
eviction-minimum-reclaim eviction-pressure-transition-period:duration eviction-soft
eviction-soft-grace-period exit-on-lock-contention:bool
experimental-allocatable-ignore-eviction:bool experimental-mounter-path fail-cgroupv1:bool
fail-swap-on:bool feature-gates file-check-frequency:duration
global-housekeeping-interval:duration<37 hairpin-mode healthz-bind-address healthz-port:int
hostname-override housekeeping-interval:duration http-check-frequency:duration
image-credential-provider-bin-dir image-credential-provider-config image-gc-high-threshold:int
image-gc-low-threshold:int image-service-endpoint kernel-memcg-notification:bool kube-api-burst:int
kube-api-content-type kube-api-qps:int kube-reserved kube-reserved-cgroup kubeconfig kubelet-cgroups
local-storage-capacity-isolation:bool lock-file log-cadvisor-usage:bool<37
log-flush-frequency:duration log-text-info-buffer-size log-text-split-stream:bool logging-format
machine-id-file<37 make-iptables-util-chains:bool manifest-url manifest-url-header
max-open-files:int max-pods:int maximum-dead-containers:int
maximum-dead-containers-per-container:int memory-manager-policy
minimum-container-ttl-duration:duration minimum-image-ttl-duration:duration node-ip node-labels
node-status-max-images:int node-status-update-frequency:duration oom-score-adj:int pod-cidr
pod-infra-container-image<35 pod-manifest-path pod-max-pids:int pods-per-core:int port:int
protect-kernel-defaults:bool provider-id qos-reserved read-only-port:int register-node:bool
register-schedulable<34 register-with-taints registry-burst:int registry-qps:int reserved-cpus
reserved-memory resolv-conf root-dir rotate-certificates:bool rotate-server-certificates:bool
runonce:bool runtime-cgroups runtime-request-timeout:duration seccomp-default:bool
serialize-image-pulls:bool storage-driver-buffer-duration:duration<37 storage-driver-db<37
storage-driver-host<37 storage-driver-password<37 storage-driver-secure:bool<37
storage-driver-table<37 storage-driver-user<37 streaming-connection-idle-timeout:duration
sync-frequency:duration system-cgroups system-reserved system-reserved-cgroup tls-cert-file
tls-cipher-suites tls-min-version tls-private-key-file topology-manager-policy
topology-manager-policy-options topology-manager-scope v version vmodule volume-plugin-dir
volume-stats-agg-period:duration
`,
  etcd: `
advertise-client-urls auth-token auth-token-ttl:int auto-compaction-mode auto-compaction-retention
auto-tls:bool backend-batch-interval:duration backend-batch-limit:int backend-bbolt-freelist-type
bcrypt-cost:int bootstrap-defrag-threshold-megabytes:int>=34 cert-file cipher-suites
client-cert-allowed-hostname client-cert-auth:bool client-cert-file client-crl-file client-key-file
compact-hash-check-time:duration>=34 compaction-batch-limit:int>=34
compaction-sleep-interval:duration>=34 config-file corrupt-check-time:duration>=34 cors data-dir
discovery<37 discovery-cacert>=34 discovery-cert>=34 discovery-dial-timeout:duration>=34
discovery-endpoints>=34 discovery-fallback discovery-insecure-skip-tls-verify:bool>=34
discovery-insecure-transport:bool>=34 discovery-keepalive-time:duration>=34
discovery-keepalive-timeout:duration>=34 discovery-key>=34 discovery-password>=34 discovery-proxy<37
discovery-request-timeout:duration>=34 discovery-srv discovery-srv-name discovery-token>=34
discovery-user>=34 distributed-tracing-address>=34 distributed-tracing-instance-id>=34
distributed-tracing-sampling-rate:int>=34 distributed-tracing-service-name>=34
downgrade-check-time:duration>=34 election-timeout:int enable-distributed-tracing:bool>=34
enable-grpc-gateway:bool enable-log-rotation:bool enable-pprof:bool enable-v2:bool<34
experimental-bootstrap-defrag-threshold-megabytes:int<37
experimental-compact-hash-check-enabled:bool<37 experimental-compact-hash-check-time:duration<37
experimental-compaction-batch-limit:int<37 experimental-compaction-sleep-interval:duration<37
experimental-corrupt-check-time:duration<37 experimental-distributed-tracing-address<37
experimental-distributed-tracing-instance-id<37
experimental-distributed-tracing-sampling-rate:int<37
experimental-distributed-tracing-service-name<37 experimental-downgrade-check-time:duration<37
experimental-enable-distributed-tracing:bool<37 experimental-enable-lease-checkpoint:bool<37
experimental-enable-lease-checkpoint-persist:bool<37 experimental-enable-v2v3<34
experimental-initial-corrupt-check:bool<37 experimental-memory-mlock:bool<37
experimental-peer-skip-client-san-verification:bool<37 experimental-snapshot-catchup-entries:int<37
experimental-stop-grpc-service-on-defrag:bool<37
experimental-txn-mode-write-with-shared-buffer:bool<37
experimental-warning-apply-duration:duration<37
experimental-warning-unary-request-duration:duration>=34<37
experimental-watch-progress-notify-interval:duration<37 feature-gates>=34 force-new-cluster:bool
grpc-keepalive-interval:duration grpc-keepalive-min-time:duration grpc-keepalive-timeout:duration
heartbeat-interval:int host-whitelist initial-advertise-peer-urls initial-cluster
initial-cluster-state initial-cluster-token initial-election-tick-advance:bool key-file
listen-client-http-urls listen-client-urls listen-metrics-urls listen-peer-urls log-format>=34
log-level log-outputs log-rotation-config-json logger max-concurrent-streams max-learners:int>=34
max-request-bytes:int max-snapshots:int max-txn-ops:int max-wals:int memory-mlock:bool>=34 metrics
name peer-auto-tls:bool peer-cert-allowed-cn peer-cert-allowed-hostname peer-cert-file
peer-client-cert-auth:bool peer-client-cert-file peer-client-key-file peer-crl-file peer-key-file
peer-skip-client-san-verification:bool>=34 peer-trusted-ca-file pre-vote:bool proxy<34
proxy-dial-timeout:int<34 proxy-failure-wait:int<34 proxy-read-timeout:int<34
proxy-refresh-interval:int<34 proxy-write-timeout:int<34 quota-backend-bytes:int
raft-read-timeout:duration raft-write-timeout:duration self-signed-cert-validity:int
snapshot-catchup-entries:int>=34 snapshot-count:int socket-reuse-address:bool socket-reuse-port:bool
strict-reconfig-check:bool tls-max-version tls-min-version trusted-ca-file unsafe-no-fsync:bool
v2-deprecation version:bool wal-dir warning-apply-duration:duration>=34
warning-unary-request-duration:duration>=34 watch-progress-notify-interval:duration>=34
`,
});
