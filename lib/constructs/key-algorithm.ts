import {
  KEY_ALGORITHMS,
  type KeyAlgorithmName,
} from "../catalog/key-algorithms";
import { unknownKeyAlgorithm } from "./errors";

/**
 * What a key is made with.
 * @see https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/#kubeadm-k8s-io-v1beta4-EncryptionAlgorithmType
 */
export class KeyAlgorithm {
  /** kubeadm's default. */
  static readonly RSA_2048 = new KeyAlgorithm("RSA-2048");
  static readonly RSA_3072 = new KeyAlgorithm("RSA-3072");
  static readonly RSA_4096 = new KeyAlgorithm("RSA-4096");
  /** Made in under a millisecond where RSA 2048 takes a tenth of a second. */
  static readonly ECDSA_P256 = new KeyAlgorithm("ECDSA-P256");
  static readonly ECDSA_P384 = new KeyAlgorithm("ECDSA-P384");
  /** For authorities and certificates that are not Kubernetes' own: Kubernetes does not take it everywhere. */
  static readonly ED25519 = new KeyAlgorithm("Ed25519");

  /** @param name kubeadm's name: `RSA-2048`, `ECDSA-P256`, … */
  static of(name: string): KeyAlgorithm {
    if (!Object.hasOwn(KEY_ALGORITHMS, name)) {
      throw unknownKeyAlgorithm(name, Object.keys(KEY_ALGORITHMS));
    }
    return new KeyAlgorithm(name as KeyAlgorithmName);
  }

  private constructor(readonly name: KeyAlgorithmName) {}
}
