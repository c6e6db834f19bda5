import {
  attempt,
  fields,
  list,
  Mismatch,
  number,
  optional,
  readJson,
  type Shape,
  text,
} from "../base/shape";

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

/** Seconds since 1970 that are a date. */
const time: Shape<Date> = (value, at) => {
  const date = new Date(number(value, at) * 1000);
  if (Number.isNaN(date.getTime())) throw new Mismatch(`${at} is no date`);
  return date;
};

const PAYLOAD = fields({
  sub: text,
  aud: optional((value: unknown, at?: string) =>
    typeof value === "string" ? [value] : list(text)(value, at),
  ),
  iat: optional(time),
  exp: optional(time),
  "kubernetes.io": optional(
    fields({ serviceaccount: optional(fields({ uid: optional(text) })) }),
  ),
});

/** `undefined` for what is none. */
export function readClaims(token: string): TokenClaims | undefined {
  const [, payload = ""] = token.split(".");
  const json = Buffer.from(payload, "base64url").toString();
  const claims = attempt(() => readJson(json, PAYLOAD));
  if (claims === undefined) return undefined;
  const { sub, aud = [], iat = new Date(0), exp } = claims;
  return {
    subject: sub,
    accountUid: claims["kubernetes.io"]?.serviceaccount?.uid,
    audiences: aud,
    notBefore: iat,
    ...(exp !== undefined && { notAfter: exp }),
  };
}
