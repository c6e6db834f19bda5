import "./constructs/require-node";
export type { Usage } from "./catalog/certificates";
export type {
  ExtraArgs,
  ExtraEnv,
  ExtraVolume,
  ImageOverride,
  Taint,
} from "./catalog/site";
export * from "./constructs/api-proxy";
export * from "./constructs/certificate";
export { CertificateAuthority } from "./constructs/certificate-authority";
export type {
  AuthorityChain,
  AuthorityFilesProps,
  CertificateAuthorityProps,
  ICertificateAuthority,
  ImportedAuthorityProps,
} from "./constructs/certificate-authority";
export type { ClusterAuthorities } from "./constructs/cluster-authorities";
export type * from "./constructs/cluster-props";
export { ControlPlane } from "./constructs/control-plane";
export type { ControlPlaneNode } from "./constructs/control-plane-node";
export type * from "./constructs/control-plane-props";
export { Duration } from "./constructs/duration";
export {
  Endpoint,
  type LocalProxyProps,
  type VirtualIpProps,
} from "./constructs/endpoint";
export * from "./constructs/etcd";
export { EtcdCluster } from "./constructs/etcd-cluster";
export { KeyAlgorithm } from "./constructs/key-algorithm";
export { KeyPair, type KeyPairProps } from "./constructs/key-pair";
export { KubeApiserver } from "./constructs/kube-apiserver";
export { KubeControllerManager } from "./constructs/kube-controller-manager";
export type { KubeProxy } from "./constructs/kube-proxy";
export type { ManifestsProps } from "./constructs/manifests";
export { LocalControlPlane } from "./constructs/local-control-plane";
export type * from "./constructs/local-control-plane-props";
export { KubeScheduler } from "./constructs/kube-scheduler";
export * from "./constructs/kubeconfig";
export { Kubelet } from "./constructs/kubelet";
export * from "./constructs/merged-kubeconfig";
export {
  type LocalProps,
  NodeAccess,
  type SshProps,
} from "./constructs/node-access";
export type { NodeComponentProps } from "./constructs/node-component";
export type * from "./constructs/node-props";
export { PodNetwork } from "./constructs/pod-network";
export type { RightsProps } from "./constructs/rights";
export { Runtime, type SystemdProps } from "./constructs/runtime";
export * from "./constructs/service-account-token";
export type { Worker, WorkerKubelet } from "./constructs/worker";
export type { WorkerPool } from "./constructs/worker-pool";
export type * from "./constructs/worker-props";
export {
  type IStore,
  RemovalPolicy,
  Store,
  type StoreProps,
} from "./terraform/store";
