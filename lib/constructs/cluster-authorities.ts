import type { ICertificateAuthority } from "./certificate-authority";
import type { KeyPair } from "./key-pair";

/** Who signs what in a cluster. */
export interface ClusterAuthorities {
  /** The Kubernetes CA. */
  readonly ca: ICertificateAuthority;
  /**
   * The CA of etcd; may be the same as `ca`.
   * @default - none: etcd is external
   */
  readonly "etcd-ca"?: ICertificateAuthority;
  /**
   * The CA of the front proxy.
   * @default - none: for kubelets, schedulers and etcd members, which need none
   */
  readonly "front-proxy-ca"?: ICertificateAuthority;
  /**
   * Signs the tokens of service accounts.
   * @default - none: for all but API servers and controller managers
   */
  readonly serviceAccount?: KeyPair;
}
