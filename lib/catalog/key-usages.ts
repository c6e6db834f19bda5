/** What a key is used for, in the words of RFC 5280. */
export type KeyUsage = "digitalSignature" | "keyEncipherment" | "keyCertSign";

/**
 * What the key of a certificate may be used for. Other keys are encrypted with an RSA key only, and never with an
 * authority's.
 * @see https://www.rfc-editor.org/rfc/rfc3279#section-2.3.1
 * @see https://www.rfc-editor.org/rfc/rfc8813#section-3
 * @param keyAlgorithm `RSA-2048`, `ECDSA-P256`, …
 */
export function keyUsages(
  keyAlgorithm: string,
  isAuthority: boolean,
): readonly KeyUsage[] {
  if (isAuthority) return ["digitalSignature", "keyCertSign"];
  return keyAlgorithm.startsWith("RSA-")
    ? ["digitalSignature", "keyEncipherment"]
    : ["digitalSignature"];
}
