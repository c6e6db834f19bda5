import { frozen } from "./frozen";

/**
 * The key algorithms. Those that kubeadm supports have kubeadm's names.
 * @see https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/#kubeadm-k8s-io-v1beta4-EncryptionAlgorithmType
 */
export const KEY_ALGORITHMS = frozen({
  "RSA-2048": { type: "rsa", modulusLength: 2048 },
  "RSA-3072": { type: "rsa", modulusLength: 3072 },
  "RSA-4096": { type: "rsa", modulusLength: 4096 },
  "ECDSA-P256": { type: "ec", namedCurve: "P-256" },
  "ECDSA-P384": { type: "ec", namedCurve: "P-384" },
  /** Go's TLS supports it, but Kubernetes does not for service accounts, and kubeadm does not at all. */
  Ed25519: { type: "ed25519" },
});

export type KeyAlgorithmName = keyof typeof KEY_ALGORITHMS;
