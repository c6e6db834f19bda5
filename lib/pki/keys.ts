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
import { asn1, children, fromDer } from "./der";

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
      return hasNamedCurve(key)
        ? `ECDSA-${CURVES[namedCurve] ?? namedCurve}`
        : "ECDSA with explicit parameters";
    case "ed25519":
      return "Ed25519";
    default:
      return String(key.asymmetricKeyType);
  }
}

/** Go reads no key that describes its curve instead of naming it. */
function hasNamedCurve(key: KeyObject): boolean {
  const [algorithm] = children(fromDer(publicDer(key)));
  return children(algorithm)[1]?.type === asn1.Type.OID;
}

export const curveProblem = (key: KeyObject): string | undefined =>
  key.asymmetricKeyType === "ec" && !hasNamedCurve(key)
    ? "its curve is written out as explicit parameters, which Go does not read: write it anew with openssl ec -in <file> -param_enc named_curve -out <new file>"
    : undefined;

/** Whether Kubernetes reads tokens with a key of a kind. @param algorithm As {@link keyAlgorithm} says it. */
export const isTokenKey = (algorithm: string): boolean =>
  /^(RSA-\d+|ECDSA-P(256|384|521))$/.test(algorithm);

/** Whether a cluster can be made with a key of a kind, though it would not be made here. */
export const isKubernetesKey = (algorithm: string): boolean =>
  isTokenKey(algorithm) &&
  !(algorithm.startsWith("RSA-") && Number(algorithm.slice(4)) < 2048);

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

export const NO_PRIVATE_KEY = "it is no private key in PEM form";

export const isEncrypted = (pem: Buffer): boolean =>
  /^(-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED)/m.test(
    pem.toString(),
  );

/**
 * Why the programs of Kubernetes would not read a file whose private key OpenSSL reads, or why it must not get to nodes
 * as it is.
 */
export function keyFileProblem(pem: Buffer): string | undefined {
  const text = pem.toString();
  const keys = text.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----/g) ?? [];
  if (keys.length > 1)
    return `it holds ${keys.length} private keys, and all of them would get to the nodes: leave only its own in it`;
  return /(^|\n)-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)
    ? undefined
    : "something stands before its first line, such as a byte order mark, and Go does not read it: write it anew with openssl pkey -in <file> -out <new file>";
}

/** The keys of a file of public keys, or why Kubernetes would not read all of them. */
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
  const foreign = blocks.find(
    ([, label]) => label !== "PUBLIC KEY" && label !== "CERTIFICATE",
  );
  if (foreign) return { problem: `one of its keys is "${foreign[1]}"` };
  try {
    return { keys: blocks.map(([block]) => createPublicKey(block)) };
  } catch {
    return { problem: "one of its keys cannot be read" };
  }
}
