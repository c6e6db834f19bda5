/** What a token of a service account says of itself. Who signed it is the API servers' business. */
export interface TokenClaims {
  /** `system:serviceaccount:<namespace>:<name>` */
  readonly subject: string;
  /** An account that was deleted and made again is another one. */
  readonly accountUid?: string;
  readonly audiences: readonly string[];
  readonly notBefore: Date;
  /** Absent: it doesn't end. */
  readonly notAfter?: Date;
}

interface Payload {
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly iat?: number;
  readonly exp?: number;
  readonly "kubernetes.io"?: {
    readonly serviceaccount?: { readonly uid?: string };
  };
}

/** `undefined` for what is none. */
export function readClaims(token: string): TokenClaims | undefined {
  try {
    const [, payload = ""] = token.split(".");
    const claims = JSON.parse(
      Buffer.from(payload, "base64url").toString(),
    ) as Payload;
    const { sub, aud = [], iat = 0, exp } = claims;
    if (typeof sub !== "string") return undefined;
    return {
      subject: sub,
      accountUid: claims["kubernetes.io"]?.serviceaccount?.uid,
      audiences: typeof aud === "string" ? [aud] : aud,
      notBefore: new Date(iat * 1000),
      ...(exp !== undefined && { notAfter: new Date(exp * 1000) }),
    };
  } catch {
    return undefined;
  }
}
