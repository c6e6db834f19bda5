/**
 * Every field of the kinds that make a kubeadm configuration: its path, its type and, where not all do, the minors
 * of Kubernetes 1.x that have it. `[]` is an item of a list, `{}` a value of a map.
 * Printed by scripts/kubeadm-fields.go from the Go types; a new version is a new run.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/apis/kubeadm/v1beta4/types.go
 * @see https://github.com/kubernetes/kubelet/blob/v0.36.3/config/v1beta1/types.go
 * @see https://github.com/kubernetes/kube-proxy/blob/v0.36.3/config/v1alpha1/types.go
 */
export const FIELDS = {
  InitConfiguration: `
bootstrapTokens[].description string
bootstrapTokens[].expires time
bootstrapTokens[].groups[] string
bootstrapTokens[].token string
bootstrapTokens[].ttl duration
bootstrapTokens[].usages[] string
certificateKey string
dryRun bool
localAPIEndpoint.advertiseAddress string
localAPIEndpoint.bindPort int
nodeRegistration.criSocket string
nodeRegistration.ignorePreflightErrors[] string
nodeRegistration.imagePullPolicy string
nodeRegistration.imagePullSerial bool
nodeRegistration.kubeletExtraArgs[].name string
nodeRegistration.kubeletExtraArgs[].value string
nodeRegistration.name string
nodeRegistration.taints[].effect string
nodeRegistration.taints[].key string
nodeRegistration.taints[].timeAdded time
nodeRegistration.taints[].value string
patches.directory string
skipPhases[] string
timeouts.controlPlaneComponentHealthCheck duration
timeouts.discovery duration
timeouts.etcdAPICall duration
timeouts.kubeletHealthCheck duration
timeouts.kubernetesAPICall duration
timeouts.tlsBootstrap duration
timeouts.upgradeManifests duration
`,
  ClusterConfiguration: `
apiServer.certSANs[] string
apiServer.extraArgs[].name string
apiServer.extraArgs[].value string
apiServer.extraEnvs[].name string
apiServer.extraEnvs[].value string
apiServer.extraEnvs[].valueFrom.configMapKeyRef.key string
apiServer.extraEnvs[].valueFrom.configMapKeyRef.name string
apiServer.extraEnvs[].valueFrom.configMapKeyRef.optional bool
apiServer.extraEnvs[].valueFrom.fieldRef.apiVersion string
apiServer.extraEnvs[].valueFrom.fieldRef.fieldPath string
apiServer.extraEnvs[].valueFrom.fileKeyRef.key string 34,35,36,37
apiServer.extraEnvs[].valueFrom.fileKeyRef.optional bool 34,35,36,37
apiServer.extraEnvs[].valueFrom.fileKeyRef.path string 34,35,36,37
apiServer.extraEnvs[].valueFrom.fileKeyRef.volumeName string 34,35,36,37
apiServer.extraEnvs[].valueFrom.resourceFieldRef.containerName string
apiServer.extraEnvs[].valueFrom.resourceFieldRef.divisor quantity
apiServer.extraEnvs[].valueFrom.resourceFieldRef.resource string
apiServer.extraEnvs[].valueFrom.secretKeyRef.key string
apiServer.extraEnvs[].valueFrom.secretKeyRef.name string
apiServer.extraEnvs[].valueFrom.secretKeyRef.optional bool
apiServer.extraVolumes[].hostPath string
apiServer.extraVolumes[].mountPath string
apiServer.extraVolumes[].name string
apiServer.extraVolumes[].pathType string
apiServer.extraVolumes[].readOnly bool
caCertificateValidityPeriod duration
certificateValidityPeriod duration
certificatesDir string
clusterName string
controlPlaneEndpoint string
controllerManager.extraArgs[].name string
controllerManager.extraArgs[].value string
controllerManager.extraEnvs[].name string
controllerManager.extraEnvs[].value string
controllerManager.extraEnvs[].valueFrom.configMapKeyRef.key string
controllerManager.extraEnvs[].valueFrom.configMapKeyRef.name string
controllerManager.extraEnvs[].valueFrom.configMapKeyRef.optional bool
controllerManager.extraEnvs[].valueFrom.fieldRef.apiVersion string
controllerManager.extraEnvs[].valueFrom.fieldRef.fieldPath string
controllerManager.extraEnvs[].valueFrom.fileKeyRef.key string 34,35,36,37
controllerManager.extraEnvs[].valueFrom.fileKeyRef.optional bool 34,35,36,37
controllerManager.extraEnvs[].valueFrom.fileKeyRef.path string 34,35,36,37
controllerManager.extraEnvs[].valueFrom.fileKeyRef.volumeName string 34,35,36,37
controllerManager.extraEnvs[].valueFrom.resourceFieldRef.containerName string
controllerManager.extraEnvs[].valueFrom.resourceFieldRef.divisor quantity
controllerManager.extraEnvs[].valueFrom.resourceFieldRef.resource string
controllerManager.extraEnvs[].valueFrom.secretKeyRef.key string
controllerManager.extraEnvs[].valueFrom.secretKeyRef.name string
controllerManager.extraEnvs[].valueFrom.secretKeyRef.optional bool
controllerManager.extraVolumes[].hostPath string
controllerManager.extraVolumes[].mountPath string
controllerManager.extraVolumes[].name string
controllerManager.extraVolumes[].pathType string
controllerManager.extraVolumes[].readOnly bool
dns.disabled bool
dns.imageRepository string
dns.imageTag string
encryptionAlgorithm string
etcd.external.caFile string
etcd.external.certFile string
etcd.external.endpoints[] string
etcd.external.httpEndpoints[] string 35,36,37
etcd.external.keyFile string
etcd.local.dataDir string
etcd.local.extraArgs[].name string
etcd.local.extraArgs[].value string
etcd.local.extraEnvs[].name string
etcd.local.extraEnvs[].value string
etcd.local.extraEnvs[].valueFrom.configMapKeyRef.key string
etcd.local.extraEnvs[].valueFrom.configMapKeyRef.name string
etcd.local.extraEnvs[].valueFrom.configMapKeyRef.optional bool
etcd.local.extraEnvs[].valueFrom.fieldRef.apiVersion string
etcd.local.extraEnvs[].valueFrom.fieldRef.fieldPath string
etcd.local.extraEnvs[].valueFrom.fileKeyRef.key string 34,35,36,37
etcd.local.extraEnvs[].valueFrom.fileKeyRef.optional bool 34,35,36,37
etcd.local.extraEnvs[].valueFrom.fileKeyRef.path string 34,35,36,37
etcd.local.extraEnvs[].valueFrom.fileKeyRef.volumeName string 34,35,36,37
etcd.local.extraEnvs[].valueFrom.resourceFieldRef.containerName string
etcd.local.extraEnvs[].valueFrom.resourceFieldRef.divisor quantity
etcd.local.extraEnvs[].valueFrom.resourceFieldRef.resource string
etcd.local.extraEnvs[].valueFrom.secretKeyRef.key string
etcd.local.extraEnvs[].valueFrom.secretKeyRef.name string
etcd.local.extraEnvs[].valueFrom.secretKeyRef.optional bool
etcd.local.imageRepository string
etcd.local.imageTag string
etcd.local.peerCertSANs[] string
etcd.local.serverCertSANs[] string
featureGates{} bool
imageRepository string
kubernetesVersion string
networking.dnsDomain string
networking.podSubnet string
networking.serviceSubnet string
proxy.disabled bool
scheduler.extraArgs[].name string
scheduler.extraArgs[].value string
scheduler.extraEnvs[].name string
scheduler.extraEnvs[].value string
scheduler.extraEnvs[].valueFrom.configMapKeyRef.key string
scheduler.extraEnvs[].valueFrom.configMapKeyRef.name string
scheduler.extraEnvs[].valueFrom.configMapKeyRef.optional bool
scheduler.extraEnvs[].valueFrom.fieldRef.apiVersion string
scheduler.extraEnvs[].valueFrom.fieldRef.fieldPath string
scheduler.extraEnvs[].valueFrom.fileKeyRef.key string 34,35,36,37
scheduler.extraEnvs[].valueFrom.fileKeyRef.optional bool 34,35,36,37
scheduler.extraEnvs[].valueFrom.fileKeyRef.path string 34,35,36,37
scheduler.extraEnvs[].valueFrom.fileKeyRef.volumeName string 34,35,36,37
scheduler.extraEnvs[].valueFrom.resourceFieldRef.containerName string
scheduler.extraEnvs[].valueFrom.resourceFieldRef.divisor quantity
scheduler.extraEnvs[].valueFrom.resourceFieldRef.resource string
scheduler.extraEnvs[].valueFrom.secretKeyRef.key string
scheduler.extraEnvs[].valueFrom.secretKeyRef.name string
scheduler.extraEnvs[].valueFrom.secretKeyRef.optional bool
scheduler.extraVolumes[].hostPath string
scheduler.extraVolumes[].mountPath string
scheduler.extraVolumes[].name string
scheduler.extraVolumes[].pathType string
scheduler.extraVolumes[].readOnly bool
`,
  KubeletConfiguration: `
address string
allowedUnsafeSysctls[] string
authentication.anonymous.enabled bool
authentication.webhook.cacheTTL duration
authentication.webhook.enabled bool
authentication.x509.clientCAFile string
authorization.mode string
authorization.webhook.cacheAuthorizedTTL duration
authorization.webhook.cacheUnauthorizedTTL duration
cgroupDriver string
cgroupRoot string
cgroupsPerQOS bool
clusterDNS[] string
clusterDomain string
configMapAndSecretChangeDetectionStrategy string
containerLogMaxFiles int
containerLogMaxSize string
containerLogMaxWorkers int
containerLogMonitorInterval duration
containerRuntimeEndpoint string
contentType string
cpuCFSQuota bool
cpuCFSQuotaPeriod duration
cpuManagerPolicy string
cpuManagerPolicyOptions{} string
cpuManagerReconcilePeriod duration
crashLoopBackOff.maxContainerRestartPeriod duration
defaultPodSysctls{} string 37
enableContentionProfiling bool
enableControllerAttachDetach bool
enableDebugFlagsHandler bool
enableDebuggingHandlers bool
enableProfilingHandler bool
enableServer bool
enableSystemLogHandler bool
enableSystemLogQuery bool
enforceNodeAllocatable[] string
eventBurst int
eventRecordQPS int
evictionHard{} string
evictionMaxPodGracePeriod int
evictionMinimumReclaim{} string
evictionPressureTransitionPeriod duration
evictionSoftGracePeriod{} string
evictionSoft{} string
failCgroupV1 bool
failSwapOn bool
featureGates{} bool
fileCheckFrequency duration
hairpinMode string
healthzBindAddress string
healthzPort int
httpCheckFrequency duration
imageGCHighThresholdPercent int
imageGCLowThresholdPercent int
imageMaximumGCAge duration
imageMinimumGCAge duration
imagePullCredentialsVerificationPolicy string
imageServiceEndpoint string
iptablesDropBit int
iptablesMasqueradeBit int
kernelMemcgNotification bool
kubeAPIBurst int
kubeAPIQPS int
kubeReservedCgroup string
kubeReserved{} string
kubeletCgroups string
localStorageCapacityIsolation bool
logging.flushFrequency durationOrInt
logging.format string
logging.options.json.infoBufferSize quantity
logging.options.json.splitStream bool
logging.options.text.infoBufferSize quantity
logging.options.text.splitStream bool
logging.verbosity int
logging.vmodule[].filePattern string
logging.vmodule[].verbosity int
makeIPTablesUtilChains bool
maxOpenFiles int
maxParallelImagePulls int
maxPods int
memoryManagerPolicy string
memoryReservationPolicy string 36,37
memorySwap.swapBehavior string
memoryThrottlingFactor float
mergeDefaultEvictionSettings bool
nodeLeaseDurationSeconds int
nodeStatusMaxImages int
nodeStatusReportFrequency duration
nodeStatusUpdateFrequency duration
oomScoreAdj int
podCIDR string
podLogsDir string
podPidsLimit int
podsPerCore int
port int
preloadedImagesVerificationAllowlist[] string
protectKernelDefaults bool
providerID string
qosReserved{} string
readOnlyPort int
registerNode bool
registerWithTaints[].effect string
registerWithTaints[].key string
registerWithTaints[].timeAdded time
registerWithTaints[].value string
registryBurst int
registryPullQPS int
reservedMemory[].limits{} quantity
reservedMemory[].numaNode int
reservedSystemCPUs string
resolvConf string
rotateCertificates bool
runOnce bool
runtimeRequestTimeout duration
seccompDefault bool
serializeImagePulls bool
serverTLSBootstrap bool
showHiddenMetricsForVersion string
shutdownGracePeriod duration
shutdownGracePeriodByPodPriority[].priority int
shutdownGracePeriodByPodPriority[].shutdownGracePeriodSeconds int
shutdownGracePeriodCriticalPods duration
singleProcessOOMKill bool
staticPodPath string
staticPodURL string
staticPodURLHeader{}[] string
streamingConnectionIdleTimeout duration
syncFrequency duration
systemCgroups string
systemReservedCgroup string
systemReserved{} string
tlsCertFile string
tlsCipherSuites[] string
tlsCurvePreferences[] int 36,37
tlsMinVersion string
tlsPrivateKeyFile string
topologyManagerPolicy string
topologyManagerPolicyOptions{} string
topologyManagerScope string
tracing.endpoint string
tracing.samplingRatePerMillion int
userNamespaces.idsPerPod int
volumePluginDir string
volumeStatsAggPeriod duration
`,
  KubeProxyConfiguration: `
bindAddress string
bindAddressHardFail bool
clientConnection.acceptContentTypes string
clientConnection.burst int
clientConnection.contentType string
clientConnection.kubeconfig string
clientConnection.qps float
clusterCIDR string
configSyncPeriod duration
conntrack.maxPerCore int
conntrack.min int
conntrack.tcpBeLiberal bool
conntrack.tcpCloseWaitTimeout duration
conntrack.tcpEstablishedTimeout duration
conntrack.udpStreamTimeout duration
conntrack.udpTimeout duration
detectLocal.bridgeInterface string
detectLocal.interfaceNamePrefix string
detectLocalMode string
enableProfiling bool
featureGates{} bool
healthzBindAddress string
hostnameOverride string
iptables.localhostNodePorts bool
iptables.masqueradeAll bool
iptables.masqueradeBit int
iptables.minSyncPeriod duration
iptables.syncPeriod duration
ipvs.excludeCIDRs[] string
ipvs.minSyncPeriod duration
ipvs.scheduler string
ipvs.strictARP bool
ipvs.syncPeriod duration
ipvs.tcpFinTimeout duration
ipvs.tcpTimeout duration
ipvs.udpTimeout duration
logging.flushFrequency durationOrInt
logging.format string
logging.options.json.infoBufferSize quantity
logging.options.json.splitStream bool
logging.options.text.infoBufferSize quantity
logging.options.text.splitStream bool
logging.verbosity int
logging.vmodule[].filePattern string
logging.vmodule[].verbosity int
metricsBindAddress string
mode string
nftables.masqueradeAll bool
nftables.masqueradeBit int
nftables.minSyncPeriod duration
nftables.syncPeriod duration
nodePortAddresses[] string
oomScoreAdj int
portRange string
showHiddenMetricsForVersion string
windowsRunAsService bool
winkernel.enableDSR bool
winkernel.forwardHealthCheckVip bool
winkernel.networkName string
winkernel.rootHnsEndpointName string
winkernel.sourceVip string
`,
} as const;

export type Kind = keyof typeof FIELDS;

/** The minors that the list was made from. */
export const MINORS = [33, 34, 35, 36, 37] as const;
