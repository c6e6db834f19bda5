import { frozen } from "../frozen";

/**
 * The feature gates that a minor version of Kubernetes no longer has, by that version. A component that is given one of
 * them does not start. Written by scripts/gates.ts.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.1/pkg/features/kube_features.go
 */
export const REMOVED_GATES: Readonly<Record<number, string>> = frozen({
  34: `
DevicePluginCDIDevices ElasticIndexedJob LegacySidecarContainers PodDisruptionConditions
StatefulSetStartOrdinal
`,
  35: `
AllowServiceLBStatusOnNonLB CronJobsScheduledAnnotation LoadBalancerIPMode PodIndexLabel
ProbeHostPodSecurityStandards SizeMemoryBackedVolumes StatefulSetAutoDeletePVC
StrictCostEnforcementForVAP StrictCostEnforcementForWebhooks UserNamespacesPodSecurityStandards
`,
  36: `
CSIMigrationPortworx HonorPVReclaimPolicy InPlacePodVerticalScalingAllocatedStatus
InTreePluginPortworxUnregister MemoryManager ServiceTrafficDistribution
StructuredAuthorizationConfiguration TopologyAwareHints WatchFromStorageWithoutResourceVersion
`,
  37: `
APIServerTracing AnonymousAuthConfigurableEndpoints AnyVolumeDataSource AuthorizeNodeWithSelectors
AuthorizeWithSelectors BtreeWatchCache ConsistentListFromCache GangScheduling
JobBackoffLimitPerIndex JobPodReplacementPolicy JobSuccessPolicy LogarithmicScaleDown
OrderedNamespaceDeletion PodLifecycleSleepAction PodLifecycleSleepActionAllowZero
PreventStaticPodAPIReferences RelaxedDNSSearchValidation ResilientWatchCacheInitialization
RetryGenerateName SchedulerQueueingHints SidecarContainers StreamingCollectionEncodingToJSON
StreamingCollectionEncodingToProtobuf StructuredAuthenticationConfiguration WorkloadAwarePreemption
`,
});

/**
 * The feature gates that a minor version locks to a value, by that version. A component that is given the other value
 * does not start. Written by scripts/gates.ts.
 */
export const LOCKED_GATES: Readonly<Record<number, string>> = frozen({
  34: `
APIServerTracing=true AnonymousAuthConfigurableEndpoints=true AuthorizeNodeWithSelectors=true
AuthorizeWithSelectors=true ConsistentListFromCache=true JobPodReplacementPolicy=true
KubeletCgroupDriverFromCRI=true KubeletTracing=true MultiCIDRServiceAllocator=true NodeSwap=true
OrderedNamespaceDeletion=true PodLifecycleSleepAction=true PodLifecycleSleepActionAllowZero=true
RecoverVolumeExpansionFailure=true RelaxedDNSSearchValidation=true
RelaxedEnvironmentVariableValidation=true ResilientWatchCacheInitialization=true
SchedulerQueueingHints=true SeparateTaintEvictionController=true
StreamingCollectionEncodingToJSON=true StreamingCollectionEncodingToProtobuf=true
StructuredAuthenticationConfiguration=true WinDSR=true WinOverlay=true
`,
  35: `
AggregatedDiscoveryRemoveBetaType=true AllowOverwriteTerminationGracePeriodSeconds=false
DisableAllocatorDualWrite=true DynamicResourceAllocation=true ExecProbeTimeout=true
ImageMaximumGCAge=true InPlacePodVerticalScaling=true JobManagedBy=true
PodObservedGenerationTracking=true PreferSameTrafficDistribution=true SupplementalGroupsPolicy=true
SystemdWatchdog=true
`,
  36: `
CSIServiceAccountTokenSecrets=true DRAAdminAccess=true DeclarativeValidation=true
DisableNodeKubeProxyVersion=true ExternalServiceAccountTokenSigner=true GitRepoVolumeDriver=false
ImageVolume=true InOrderInformers=true KubeletFineGrainedAuthz=true KubeletPSI=true
KubeletPodResourcesDynamicResources=true KubeletPodResourcesGet=true
MutableCSINodeAllocatableCount=true NodeLogQuery=true ProcMountType=true SELinuxChangePolicy=true
SELinuxMountReadWriteOncePod=true SeparateCacheWatchRPC=false TopologyManagerPolicyOptions=true
UserNamespacesSupport=true VolumeAttributesClass=true
`,
  37: `
DRADeviceTaintRules=true DRADeviceTaints=true DRAExtendedResource=true DRAPrioritizedList=true
DRAResourceClaimDeviceStatus=true DeclarativeValidationTakeover=false
DisableCPUQuotaWithExclusiveCPUs=true HPAConfigurableTolerance=true HostnameOverride=true
InPlacePodVerticalScalingInitContainers=true NodeDeclaredFeatures=true PLEGOnDemandRelist=true
PodReadyToStartContainersCondition=true RelaxedServiceNameValidation=true
WatchCacheInitializationPostStartHook=true
`,
});
