import type { Usage } from "./certificates";
import { frozen } from "./frozen";

/** The key usages, as RFC 5280 names them. */
export type KeyUsage = "digitalSignature" | "keyEncipherment" | "keyCertSign";

/** The key usages of a CA: its key only signs. */
export const AUTHORITY_KEY_USAGES: readonly KeyUsage[] = frozen([
  "digitalSignature",
  "keyCertSign",
] as const);

/**
 * The key usages of a certificate. Only an RSA key of a server needs `keyEncipherment`: with it, clients may encrypt
 * the session key.
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
