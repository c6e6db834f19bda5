import {
  KEY_ALGORITHMS,
  type KeyAlgorithmName,
} from "../../catalog/key-algorithms";
import { unknownKeyAlgorithm } from "../errors";

/**
 * What a key is made with.
 * @see https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/#kubeadm-k8s-io-v1beta4-EncryptionAlgorithmType
 */
export class KeyAlgorithm {
  /** RSA with 2048 bits, kubeadm's default. */
  static readonly RSA_2048 = new KeyAlgorithm("RSA-2048");
  /** RSA with 3072 bits. */
  static readonly RSA_3072 = new KeyAlgorithm("RSA-3072");
  /** RSA with 4096 bits: a key takes seconds. */
  static readonly RSA_4096 = new KeyAlgorithm("RSA-4096");
  /** The curve P-256. Made in under a millisecond where RSA 2048 takes a tenth of a second. */
  static readonly ECDSA_P256 = new KeyAlgorithm("ECDSA-P256");
  /** The curve P-384. For a cluster from Kubernetes 1.34 on. */
  static readonly ECDSA_P384 = new KeyAlgorithm("ECDSA-P384");
  /** For authorities and certificates that are not Kubernetes' own: Kubernetes does not take it everywhere. */
  static readonly ED25519 = new KeyAlgorithm("Ed25519");

  /** The one of a name. Throws where there is none. @param name kubeadm's name: `RSA-2048`, `ECDSA-P256`, … */
  static of(name: string): KeyAlgorithm {
    if (!Object.hasOwn(KEY_ALGORITHMS, name)) {
      throw unknownKeyAlgorithm(name, Object.keys(KEY_ALGORITHMS));
    }
    return new KeyAlgorithm(name as KeyAlgorithmName);
  }

  private constructor(
    /** kubeadm's name for it. */
    readonly name: KeyAlgorithmName,
  ) {}
}
