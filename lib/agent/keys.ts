import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
} from "node:crypto";
import { promisify } from "node:util";
import {
  KEY_ALGORITHMS,
  type KeyAlgorithmName,
} from "../catalog/key-algorithms";

const generate = promisify(generateKeyPair) as (
  type: string,
  options: object,
) => Promise<{ privateKey: KeyObject }>;

/** Runs on Node's thread pool, so that independent keys are made at the same time. */
export async function generateKey(
  algorithm: KeyAlgorithmName,
): Promise<KeyObject> {
  const { type, ...options } = KEY_ALGORITHMS[algorithm];
  return (await generate(type, options)).privateKey;
}

/** OpenSSL's names of the curves that have shorter ones. */
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: "P256",
  secp384r1: "P384",
  secp521r1: "P521",
};

/** `RSA-2048`, `ECDSA-P256`, `Ed25519`; also what is no {@link KeyAlgorithmName}, `RSA-1024`. */
export function keyAlgorithm(key: KeyObject): string {
  const { modulusLength, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "rsa":
      return `RSA-${modulusLength}`;
    case "ec":
      return `ECDSA-${CURVES[namedCurve] ?? namedCurve}`;
    case "ed25519":
      return "Ed25519";
    default:
      return String(key.asymmetricKeyType);
  }
}

/** In the PEM forms that kubeadm writes. */
export function privatePem(key: KeyObject): string {
  const type =
    ({ rsa: "pkcs1", ec: "sec1" } as const)[String(key.asymmetricKeyType)] ??
    "pkcs8";
  return key.export({ format: "pem", type }).toString();
}

export function publicPem(key: KeyObject): string {
  return createPublicKey(key)
    .export({ format: "pem", type: "spki" })
    .toString();
}

export function publicDer(key: KeyObject): Buffer {
  return (key.type === "private" ? createPublicKey(key) : key).export({
    format: "der",
    type: "spki",
  });
}

/** `undefined` where it is no private key, or one behind a passphrase. */
export function readPrivateKey(
  pem: Buffer | string | undefined,
): KeyObject | undefined {
  if (pem === undefined) return undefined;
  try {
    return createPrivateKey({ key: pem, format: "pem" });
  } catch {
    return undefined;
  }
}
