export type { Usage } from "./catalog/certificates";
export type {
  ExtraArgs,
  ExtraEnv,
  ExtraVolume,
  ImageOverride,
  Taint,
} from "./catalog/site";
export * from "./constructs/certificate";
export { CertificateAuthority } from "./constructs/certificate-authority";
export type {
  AuthorityFilesProps,
  CertificateAuthorityProps,
  ICertificateAuthority,
  ImportedAuthorityProps,
} from "./constructs/certificate-authority";
export type * from "./constructs/cluster-props";
export * from "./constructs/control-plane";
export type { ControlPlaneNode } from "./constructs/control-plane-node";
export { Duration } from "./constructs/duration";
export * from "./constructs/etcd";
export { EtcdCluster } from "./constructs/etcd-cluster";
export { KeyAlgorithm } from "./constructs/key-algorithm";
export { KeyPair, type KeyPairProps } from "./constructs/key-pair";
export { KubeApiserver } from "./constructs/kube-apiserver";
export { KubeControllerManager } from "./constructs/kube-controller-manager";
export { KubeScheduler } from "./constructs/kube-scheduler";
export * from "./constructs/kubeconfig";
export { Kubelet } from "./constructs/kubelet";
export { NodeAccess } from "./constructs/node-access";
export type {
  ClusterAuthorities,
  NodeComponentProps,
} from "./constructs/node-component";
export {
  type IStore,
  RemovalPolicy,
  Store,
  type StoreProps,
} from "./terraform/store";
