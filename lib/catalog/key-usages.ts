import type { Usage } from "./certificates";
import { frozen } from "./frozen";

/** What a key is used for, in the words of RFC 5280. */
export type KeyUsage = "digitalSignature" | "keyEncipherment" | "keyCertSign";

/** What the key of an authority may be used for. It signs, and nobody encrypts anything for it. */
export const AUTHORITY_KEY_USAGES: readonly KeyUsage[] = frozen([
  "digitalSignature",
  "keyCertSign",
] as const);

/**
 * What the key of a certificate may be used for. A key of the session is encrypted for a server only, and only with
 * RSA.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12
 * @see https://www.rfc-editor.org/rfc/rfc8813#section-3
 * @param keyAlgorithm `RSA-2048`, `ECDSA-P256`, …
 */
export function keyUsages(
  keyAlgorithm: string,
  usages: readonly Usage[],
): readonly KeyUsage[] {
  const serves = usages.length === 0 || usages.includes("serverAuth");
  return keyAlgorithm.startsWith("RSA-") && serves
    ? ["digitalSignature", "keyEncipherment"]
    : ["digitalSignature"];
}
