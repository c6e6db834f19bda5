import {
  createHash,
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
import { orUndefined } from "../base/files";
import { asn1, children, fromDer } from "./der";

const generate = promisify(generateKeyPair) as (
  type: string,
  options: object,
) => Promise<{ privateKey: KeyObject }>;

/** Makes a key on Node's thread pool, so that several keys are made in parallel. */
export async function generateKey(
  algorithm: KeyAlgorithmName,
): Promise<KeyObject> {
  const { type, ...options } = KEY_ALGORITHMS[algorithm];
  return (await generate(type, options)).privateKey;
}

/** Short names of curves, by OpenSSL's names. */
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: "P256",
  secp384r1: "P384",
  secp521r1: "P521",
};

/** The algorithm of a key: a {@link KeyAlgorithmName}, or another name such as `RSA-1024` for a key of another kind. */
export function keyAlgorithm(key: KeyObject): string {
  const { modulusLength, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "rsa":
      return `RSA-${modulusLength}`;
    case "ec":
      return hasNamedCurve(key)
        ? `ECDSA-${CURVES[namedCurve] ?? namedCurve}`
        : "ECDSA with explicit parameters";
    case "ed25519":
      return "Ed25519";
    default:
      return String(key.asymmetricKeyType);
  }
}

/** Go cannot read a key that describes its curve instead of naming it. */
function hasNamedCurve(key: KeyObject): boolean {
  const [algorithm] = children(fromDer(publicDer(key)));
  return children(algorithm)[1]?.type === asn1.Type.OID;
}

export const curveProblem = (key: KeyObject): string | undefined =>
  key.asymmetricKeyType === "ec" && !hasNamedCurve(key)
    ? "it describes its curve by explicit parameters, which Go cannot read: convert it with openssl ec -in <file> -param_enc named_curve -out <new file>"
    : undefined;

/** Whether Kubernetes can verify tokens with a key of this algorithm. @param algorithm a result of {@link keyAlgorithm} */
export const isTokenKey = (algorithm: string): boolean =>
  /^(RSA-\d+|ECDSA-P(256|384|521))$/.test(algorithm);

/** Whether a cluster works with a key of this algorithm, even if the agent would not make it. */
export const isKubernetesKey = (algorithm: string): boolean =>
  isTokenKey(algorithm) &&
  !(algorithm.startsWith("RSA-") && Number(algorithm.slice(4)) < 2048);

/** The private key in the PEM format that kubeadm writes. */
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

/**
 * The id that Kubernetes gives a public key, which tokens bear.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/serviceaccount/jwt.go
 */
export const publicKeyId = (key: KeyObject): string =>
  createHash("sha256").update(publicDer(key)).digest("base64url");

/** `undefined` if the text is not a private key, or one with a passphrase. */
export const readPrivateKey = (
  pem: Buffer | string = "",
): KeyObject | undefined =>
  orUndefined(() => createPrivateKey({ key: pem, format: "pem" }));

export const NO_PRIVATE_KEY = "it is not a private key in PEM form";

export const isEncrypted = (pem: Buffer): boolean =>
  /^(-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED)/m.test(
    pem.toString(),
  );

/**
 * Why a key file that OpenSSL can read must not be delivered to nodes: Kubernetes could not read it, or it contains other
 * keys as well.
 */
export function keyFileProblem(pem: Buffer): string | undefined {
  const text = pem.toString();
  const keys = text.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----/g) ?? [];
  if (keys.length > 1)
    return `it contains ${keys.length} private keys, and all of them would be copied to the nodes: leave only the CA's own key in it`;
  return /(^|\n)-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)
    ? undefined
    : "something precedes its first line, such as a byte order mark, so Go cannot read it: convert it with openssl pkey -in <file> -out <new file>";
}

/** The keys in a file of public keys, or why Kubernetes could not read all of them. */
export function readPublicKeys(
  pem: Buffer,
): { keys: readonly KeyObject[] } | { problem: string } {
  const text = pem.toString();
  const begun = text.match(/-----BEGIN /g) ?? [];
  const blocks = [
    ...text.matchAll(
      /^-----BEGIN ([A-Z0-9 ]+)-----\s*$[^-]+^-----END \1-----\s*$/gm,
    ),
  ];
  if (blocks.length < begun.length)
    return {
      problem: "one of its keys is incomplete, or not on lines of its own",
    };
  const other = blocks.find(
    ([, label]) => label !== "PUBLIC KEY" && label !== "CERTIFICATE",
  );
  if (other) return { problem: `one of its blocks is "${other[1]}"` };
  const keys = orUndefined(() =>
    blocks.map(([block]) => createPublicKey(block)),
  );
  return keys ? { keys } : { problem: "one of its keys cannot be read" };
}
