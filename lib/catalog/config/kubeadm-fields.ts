import { frozen } from "../frozen";

/** The fields of kubeadm's own kinds. The format is explained in fields.ts. */
export const KUBEADM_FIELDS = frozen({
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
} as const);
