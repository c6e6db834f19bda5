/**
 * All props and the types of their values, to check programs that no compiler has checked. `npm run docs` writes this
 * file from the types. `?` is optional, `[]` is a list, `{}` is a map with any keys, and `;` ends each property.
 */
export const PROPS = {
  AdmissionProps: `
add? string[]; remove? string[]; podSecurity? PodSecurityProps; eventRateLimit? EventLimit[];
`,
  ApiProxyProps: `
controlPlane? class ControlPlane; kubeconfig? class Kubeconfig|class ServiceAccountToken; port? number; address?
string; unixSocket? string; acceptHosts? string[]; acceptPaths? string[]; rejectPaths? string[]; rejectMethods?
string[]; node? string; binaryDirectory? string;
`,
  AuditLogProps: `
path? string; maxAge? number; maxBackup? number; maxSize? number; mode? "batch"|"blocking"|"blocking-strict";
`,
  AuditProps: `
log? AuditLogProps; webhook? AuditWebhookProps;
`,
  AuditWebhookProps: `
config string; mode? "batch"|"blocking"|"blocking-strict";
`,
  AuthorityFilesProps: `
key string; certificate string; trustChain? boolean; store class Store; path? string; purpose? string;
`,
  BootstrapTokenProps: `
description? string; ttl? string; expires? string; usages? string[]; groups? string[];
`,
  CertificateAuthorityProps: `
store class Store; commonName string; keyAlgorithm? class KeyAlgorithm; validity? class Duration; path? string;
purpose? string; previous? interface ICertificateAuthority; trustPrevious? boolean; keepsKey? any;
`,
  CertificateProps: `
certificateAuthority interface ICertificateAuthority; commonName string; organizations? string[]; names? string[];
usages ("clientAuth"|"serverAuth")[]; keyAlgorithm? class KeyAlgorithm; validity? class Duration; renewBefore? class
Duration; path? string; purpose? string; batch? any; access? any;
`,
  ClusterAuthorities: `
ca interface ICertificateAuthority; etcd-ca? interface ICertificateAuthority; front-proxy-ca? interface
ICertificateAuthority; serviceAccount? class KeyPair;
`,
  ClusterKeysProps: `
all? KeyGenerationProps; kubernetes? KeyGenerationProps; etcd? KeyGenerationProps; frontProxy? KeyGenerationProps;
serviceAccounts? KeyGenerationProps;
`,
  ClusterProps: `
clusterName? string; kubernetesVersion string; endpoint? class Endpoint|string; runtime? class Runtime; nodes
NodeProps[]; podSubnet? string; serviceSubnet? string; dnsDomain? string; certSans? string[]; keyAlgorithm? class
KeyAlgorithm; certificateValidity? class Duration; caCertificateValidity? class Duration; renewBefore? class
Duration; imageRepository? string; certificatesDir? string; featureGates? {boolean}; allowUnknownFlags? boolean;
startupTimeout? class Duration; apiServer? ComponentProps; controllerManager? ComponentProps; scheduler?
ComponentProps; kubelet? KubeletProps; kubeProxy? KubeProxyProps; dns? DnsProps; etcd? class Etcd; hardening? class
Hardening; tls? TlsProps; audit? class Audit; authentication? string|{any}; admission? AdmissionProps; encryption?
class Encryption; bootstrapTokens? BootstrapTokenProps[]; images? ImagesProps;
`,
  ComponentProps: `
extraArgs? {string|string[]}; addArgs? {string|string[]}; extraVolumes? ExtraVolume[]; extraEnvs? ExtraEnv[];
`,
  ControlPlaneProps: `
clusterName? string; kubernetesVersion string; endpoint? class Endpoint|string; runtime? class Runtime; nodes
NodeProps[]; podSubnet? string; serviceSubnet? string; dnsDomain? string; certSans? string[]; keyAlgorithm? class
KeyAlgorithm; certificateValidity? class Duration; caCertificateValidity? class Duration; renewBefore? class
Duration; imageRepository? string; certificatesDir? string; featureGates? {boolean}; allowUnknownFlags? boolean;
startupTimeout? class Duration; apiServer? ComponentProps; controllerManager? ComponentProps; scheduler?
ComponentProps; kubelet? KubeletProps; kubeProxy? KubeProxyProps; dns? DnsProps; etcd? class Etcd; hardening? class
Hardening; tls? TlsProps; audit? class Audit; authentication? string|{any}; admission? AdmissionProps; encryption?
class Encryption; bootstrapTokens? BootstrapTokenProps[]; images? ImagesProps; outputDirectory? string; store? class
Store; provider? class TerraformProvider; removalPolicy? "destroy"|"retain"; certificateAuthority? interface
ICertificateAuthority; etcdCertificateAuthority? interface ICertificateAuthority; frontProxyCertificateAuthority?
interface ICertificateAuthority; keys? ClusterKeysProps; maxUnavailable? number; allowChangesTo?
("clusterName"|"dnsDomain"|"keyAlgorithm"|"nodeNames"|"podSubnet"|"serviceSubnet")[]; podNetwork? class PodNetwork;
acceptedFlags? string[];
`,
  DedicatedEtcdProps: `
nodes DedicatedEtcdProps.nodes[]; version? string; runtime? class Runtime; dataDir? string; extraArgs?
{string|string[]}; addArgs? {string|string[]}; extraEnvs? ExtraEnv[]; serverCertSans? string[]; peerCertSans?
string[]; backup? PeriodicBackupProps; quotaBackendBytes? number; autoCompaction? class AutoCompaction;
heartbeatInterval? number; electionTimeout? number; maxRequestBytes? number; restore? EtcdRestoreProps;
snapshotBefore? boolean;
`,
  "DedicatedEtcdProps.nodes": `
access? class NodeAccess; machineId? string; retire? boolean; addresses? string[]; files? NodeFile[]; name string;
address string;
`,
  DnsProps: `
enabled? boolean; image? ImageOverride; corefile? string;
`,
  EncryptionProps: `
resources string[]; generation number;
`,
  EtcdDataProps: `
restore? EtcdRestoreProps; snapshotBefore? boolean;
`,
  EtcdRestoreProps: `
snapshot string; confirm string;
`,
  EtcdTuningProps: `
quotaBackendBytes? number; autoCompaction? class AutoCompaction; heartbeatInterval? number; electionTimeout? number;
maxRequestBytes? number;
`,
  EventLimit: `
type "Namespace"|"Server"|"SourceAndObject"|"User"; qps number; burst number; cacheSize? number;
`,
  ExecProps: `
apiVersion? string; command string; args? string[]; env? {string}; installHint? string; interactiveMode?
"Always"|"IfAvailable"|"Never";
`,
  ExternalEtcdProps: `
endpoints string[]; httpEndpoints? string[]; caFile? string; certFile? string; keyFile? string;
`,
  ExtraEnv: `
name string; value? string; valueFrom? {any};
`,
  ExtraVolume: `
name string; hostPath string; mountPath string; readOnly? boolean; pathType? string;
`,
  ImageOverride: `
repository? string; tag? string;
`,
  ImagesProps: `
archives? string[];
`,
  ImportedAuthorityProps: `
certificate string; trustChain? boolean; store class Store; path? string; purpose? string;
`,
  KeyGenerationProps: `
generation number; trustPrevious? boolean;
`,
  KeyPairProps: `
store class Store; keyAlgorithm? class KeyAlgorithm; path? string; purpose? string; previous? class KeyPair;
trustPrevious? boolean; keepsKey? any;
`,
  KubeProxyProps: `
enabled? boolean; config? {any};
`,
  KubeadmConfigProps: `
config string; node? KubeadmConfigProps.node; nodes? NodeProps[]; images? ImagesProps; runtime? class Runtime;
renewBefore? class Duration; outputDirectory? string; store? class Store; provider? class TerraformProvider;
removalPolicy? "destroy"|"retain"; certificateAuthority? interface ICertificateAuthority; etcdCertificateAuthority?
interface ICertificateAuthority; frontProxyCertificateAuthority? interface ICertificateAuthority; keys?
ClusterKeysProps; maxUnavailable? number; allowChangesTo?
("clusterName"|"dnsDomain"|"keyAlgorithm"|"nodeNames"|"podSubnet"|"serviceSubnet")[]; podNetwork? class PodNetwork;
acceptedFlags? string[]; admission? AdmissionProps; allowUnknownFlags? boolean; audit? class Audit; authentication?
string|{any}; encryption? class Encryption; hardening? class Hardening; tls? TlsProps;
`,
  "KubeadmConfigProps.node": `
access? class NodeAccess; machineId? string; retire? boolean; addresses? string[]; files? NodeFile[];
`,
  KubeconfigProps: `
certificateAuthority interface ICertificateAuthority; server string; clusterName? string; user class KubeconfigUser;
userName? string; namespace? string; certificateAuthorityFile? string; keyAlgorithm? class KeyAlgorithm; validity?
class Duration; renewBefore? class Duration; path? string; purpose? string; batch? any; access? any;
`,
  "KubeconfigUser.certificate": `
commonName string; organizations? string[];
`,
  "KubeconfigUser.files": `
certificate string; key string;
`,
  "KubeconfigUser.token": `
source string;
`,
  KubeletProps: `
extraArgs? {string|string[]}; config? {any};
`,
  LocalComponentProps: `
extraArgs? {string|string[]}; addArgs? {string|string[]}; environment? {string};
`,
  LocalControlPlaneProps: `
binaryDirectory? string; port? number; etcd? LocalEtcdProps; apiServer? LocalComponentProps; controllerManager?
LocalControllerProps; scheduler? LocalControllerProps; files? LocalControlPlaneProps.files[]; caCertificateValidity?
class Duration; startupTimeout? class Duration; store? class Store; outputDirectory? string; provider? class
TerraformProvider; removalPolicy? "destroy"|"retain"; certificateAuthority? interface ICertificateAuthority;
etcdCertificateAuthority? interface ICertificateAuthority; frontProxyCertificateAuthority? interface
ICertificateAuthority; keys? ClusterKeysProps; acceptedFlags? string[]; allowChangesTo?
("clusterName"|"dnsDomain"|"keyAlgorithm"|"nodeNames"|"podSubnet"|"serviceSubnet")[]; clusterName? string;
serviceSubnet? string; dnsDomain? string; keyAlgorithm? class KeyAlgorithm; admission? AdmissionProps;
allowUnknownFlags? boolean; audit? class Audit; authentication? string|{any}; encryption? class Encryption; tls?
TlsProps; kubernetesVersion string; certSans? string[]; certificateValidity? class Duration; renewBefore? class
Duration;
`,
  "LocalControlPlaneProps.files": `
path string; text? string; source? string;
`,
  LocalControllerProps: `
port? number; extraArgs? {string|string[]}; addArgs? {string|string[]}; environment? {string};
`,
  LocalEtcdProps: `
clientPort? number; peerPort? number; metricsPort? number; tls? boolean; extraArgs? {string|string[]}; addArgs?
{string|string[]}; environment? {string}; restore? EtcdRestoreProps; snapshotBefore? boolean;
`,
  LocalProps: `
sudo? boolean;
`,
  LocalProxyProps: `
port? number; healthPort? number;
`,
  MachineProps: `
name string; address string; addresses? string[]; access? class NodeAccess; machineId? string; retire? boolean;
criSocket? string; kubeletExtraArgs? {string|string[]}; files? NodeFile[];
`,
  ManifestsProps: `
objects? {any}[]; file? string;
`,
  MergedContext: `
kubeconfig class Kubeconfig|class ServiceAccountToken; context string; namespace? string;
`,
  MergedKubeconfigProps: `
kubeconfigs MergedContext[]; currentContext? string; path? string; store? class Store;
`,
  NodeComponentProps: `
store class Store; cluster ClusterProps; node string; authorities ClusterAuthorities; site? any;
`,
  NodeFile: `
path string; text? string; source? string; mode? string; owner? string;
`,
  NodeProps: `
bindPort? number; bindAddress? string; labels? {string}; taints? Taint[]; imagePullPolicy?
"Always"|"IfNotPresent"|"Never"; name string; address string; addresses? string[]; access? class NodeAccess;
machineId? string; retire? boolean; criSocket? string; kubeletExtraArgs? {string|string[]}; files? NodeFile[];
`,
  PeriodicBackupProps: `
schedule string; keep? number; directory? string;
`,
  PodSecurityProps: `
enforce? "baseline"|"privileged"|"restricted"; enforceVersion? string; audit? "baseline"|"privileged"|"restricted";
auditVersion? string; warn? "baseline"|"privileged"|"restricted"; warnVersion? string; exemptUsernames? string[];
exemptNamespaces? string[]; exemptRuntimeClasses? string[];
`,
  RightsProps: `
clusterRoles? string[]; namespaceClusterRoles? string[]; namespaceRoles? string[];
`,
  ServiceAccountTokenProps: `
controlPlane class ControlPlane; namespace string; serviceAccount? string; create? boolean; lifetime? class
Duration; renewBefore? class Duration; audiences? string[]; longLived? boolean; clusterRoles? string[];
namespaceClusterRoles? string[]; namespaceRoles? string[];
`,
  SshProps: `
host string; user? string; port? number; identityFile? string; jumpHost? string; hostKey? string; sudo? boolean;
connectTimeout? class Duration;
`,
  StackedEtcdProps: `
dataDir? string; extraArgs? {string|string[]}; addArgs? {string|string[]}; extraEnvs? ExtraEnv[]; image?
ImageOverride; serverCertSans? string[]; peerCertSans? string[]; backup? PeriodicBackupProps; quotaBackendBytes?
number; autoCompaction? class AutoCompaction; heartbeatInterval? number; electionTimeout? number; maxRequestBytes?
number; restore? EtcdRestoreProps; snapshotBefore? boolean;
`,
  StoreProps: `
directory string; provider? class TerraformProvider; removalPolicy? "destroy"|"retain";
`,
  SystemdProps: `
binaryDirectory? string; binaries? string; logDirectory? string; user? string; etcdUser? string;
`,
  Taint: `
key string; value? string; effect "NoExecute"|"NoSchedule"|"PreferNoSchedule";
`,
  TlsProps: `
minVersion? "VersionTLS12"|"VersionTLS13"; cipherSuites? string[]; curvePreferences? ("CurveP256"| "CurveP384"|
"CurveP521"| "SecP256r1MLKEM768"| "SecP384r1MLKEM1024"| "X25519"| "X25519MLKEM768")[];
`,
  UserProps: `
groups? string[]; namespace? string; validity? class Duration; renewBefore? class Duration; clusterRoles? string[];
namespaceClusterRoles? string[]; namespaceRoles? string[];
`,
  VirtualIpProps: `
address string; interface? string; routerId? number; port? number; healthPort? number;
`,
  WorkerPoolProps: `
nodes WorkerProps[]; labels? {string}; taints? Taint[]; kubelet? KubeletProps; maxUnavailable? number; drainTimeout?
class Duration; images? ImagesProps;
`,
  WorkerProps: `
labels? {string}; taints? Taint[]; name string; address string; addresses? string[]; access? class NodeAccess;
machineId? string; retire? boolean; criSocket? string; kubeletExtraArgs? {string|string[]}; files? NodeFile[];
`,
} as const;

/** The static methods and constants that return values of a class. */
export const FACTORIES = {
  Audit: "policy() preset()",
  AutoCompaction: "periodic() revisions()",
  Certificate: "",
  ControlPlane: "fromKubeadmConfig()",
  Duration: "ZERO minutes() hours() days() parse()",
  Encryption: "secretbox() aesgcm() identity()",
  Endpoint: "fixed() virtualIp() localProxy()",
  Etcd: "stacked() dedicated() external()",
  Hardening: "none() cis()",
  KeyAlgorithm: "RSA_2048 RSA_3072 RSA_4096 ECDSA_P256 ECDSA_P384 ED25519 of()",
  KeyPair: "",
  Kubeconfig: "",
  KubeconfigUser: "certificate() embedded() files() token() tokenFile() exec()",
  NodeAccess: "directory() ssh() local()",
  PodNetwork: "routed() manifests()",
  Runtime: "staticPods() systemd()",
  ServiceAccountToken: "",
  Store: "",
} as const;

/** The members that every object of an interface has. */
export const INTERFACES = {
  ICertificateAuthority: "store certificatePem notAfter hasKey node with",
} as const;
