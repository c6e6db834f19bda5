import {
  KEY_ALGORITHMS,
  type KeyAlgorithmName,
} from "../../catalog/key-algorithms";
import { unknownKeyAlgorithm } from "../errors";

/**
 * The algorithm of a key.
 * @see
 * https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/#kubeadm-k8s-io-v1beta4-EncryptionAlgorithmType
 */
export class KeyAlgorithm {
  /** RSA with 2048 bits, kubeadm's default. */
  static readonly RSA_2048 = new KeyAlgorithm("RSA-2048");
  /** RSA with 3072 bits. */
  static readonly RSA_3072 = new KeyAlgorithm("RSA-3072");
  /** RSA with 4096 bits. Making a key takes seconds. */
  static readonly RSA_4096 = new KeyAlgorithm("RSA-4096");
  /** ECDSA with the curve P-256. Making a key takes under a millisecond; with RSA 2048 it takes a tenth of a second. */
  static readonly ECDSA_P256 = new KeyAlgorithm("ECDSA-P256");
  /** ECDSA with the curve P-384. Clusters support it from Kubernetes 1.34 on. */
  static readonly ECDSA_P384 = new KeyAlgorithm("ECDSA-P384");
  /**
   * Ed25519. Only for CAs and certificates that Kubernetes itself does not use, because not all of its parts support
   * it.
   */
  static readonly ED25519 = new KeyAlgorithm("Ed25519");

  /**
   * Returns the algorithm with a name. Throws if there is none. @param name The name in kubeadm: `RSA-2048`,
   * `ECDSA-P256`, …
   */
  static of(name: string): KeyAlgorithm {
    if (!Object.hasOwn(KEY_ALGORITHMS, name)) {
      throw unknownKeyAlgorithm(name, Object.keys(KEY_ALGORITHMS));
    }
    return new KeyAlgorithm(name as KeyAlgorithmName);
  }

  private constructor(
    /** Its name in kubeadm. */
    readonly name: KeyAlgorithmName,
  ) {}
}
