import "./constructs/require-node";
export type { Usage } from "./catalog/certificates";
export type { ClusterFact } from "./catalog/cluster-facts";
export type {
  ExtraArgs,
  ExtraEnv,
  ExtraVolume,
  ImageOverride,
  Taint,
} from "./catalog/site";
export * from "./constructs/access/api-proxy";
export * from "./constructs/pki/certificate";
export type {
  AuthorityChain,
  ICertificateAuthority,
} from "./constructs/pki/authority";
export { CertificateAuthority } from "./constructs/pki/certificate-authority";
export type {
  AuthorityFilesProps,
  CertificateAuthorityProps,
  ImportedAuthorityProps,
} from "./constructs/pki/authority-props";
export type { ClusterAuthorities } from "./constructs/pki/cluster-authorities";
export type * from "./constructs/site/cluster-props";
export type * from "./constructs/site/component-props";
export { ControlPlane } from "./constructs/cluster/control-plane";
export {
  KubeApiserver,
  KubeControllerManager,
  Kubelet,
  type KubeProxy,
  KubeScheduler,
} from "./constructs/node/components";
export type { ControlPlaneNode } from "./constructs/node/control-plane-node";
export type * from "./constructs/site/control-plane-props";
export { Duration } from "./constructs/duration";
export { Encryption, type EncryptionProps } from "./constructs/site/encryption";
export {
  Endpoint,
  type LocalProxyProps,
  type VirtualIpProps,
} from "./constructs/site/endpoint";
export * from "./constructs/site/etcd";
export type { PeriodicBackupProps } from "./constructs/site/etcd-backup";
export type {
  EtcdDataProps,
  EtcdRestoreProps,
} from "./constructs/site/etcd-data";
export {
  AutoCompaction,
  type EtcdTuningProps,
} from "./constructs/site/etcd-tuning";
export { EtcdCluster } from "./constructs/node/etcd-cluster";
export type {
  ClusterKeysProps,
  KeyGenerationProps,
} from "./constructs/pki/generations";
export { KeyAlgorithm } from "./constructs/pki/key-algorithm";
export { KeyPair, type KeyPairProps } from "./constructs/pki/key-pair";
export type { ManifestsProps } from "./constructs/site/manifests-props";
export { LocalControlPlane } from "./constructs/cluster/local-control-plane";
export type * from "./constructs/site/local-control-plane-props";
export * from "./constructs/pki/kubeconfig-user";
export * from "./constructs/pki/kubeconfig";
export type {
  CredentialCommand,
  EphemeralCredentials,
  ProviderCredentials,
} from "./constructs/pki/provider-credentials";
export * from "./constructs/access/merged-kubeconfig";
export { type LocalProps, NodeAccess } from "./constructs/site/node-access";
export type { SshProps } from "./constructs/site/ssh-props";
export type { NodeComponentProps } from "./constructs/node/node-component";
export type * from "./constructs/site/node-props";
export { PodNetwork } from "./constructs/site/pod-network";
export type { RightsProps } from "./constructs/site/rights";
export { Runtime, type SystemdProps } from "./constructs/site/runtime";
export * from "./constructs/access/service-account-token";
export type {
  EventLimitType,
  PodSecurityLevel,
} from "./catalog/admission-plugins";
export type {
  AdmissionProps,
  EventLimit,
  PodSecurityProps,
} from "./constructs/site/admission";
export type { AuditPreset } from "./catalog/audit-policies";
export {
  Audit,
  type AuditLogProps,
  type AuditMode,
  type AuditProps,
  type AuditWebhookProps,
} from "./constructs/site/audit";
export { Hardening } from "./constructs/site/hardening";
export type { TlsCurve, TlsVersion } from "./catalog/tls";
export type { TlsProps } from "./constructs/site/tls";
export type { Worker, WorkerKubelet } from "./constructs/node/worker";
export type { WorkerPool } from "./constructs/cluster/worker-pool";
export type * from "./constructs/site/worker-props";
export { InputError } from "./props/input-error";
export { Store } from "./terraform/store";
export {
  type IStore,
  RemovalPolicy,
  type StoreProps,
} from "./terraform/store-folder";
