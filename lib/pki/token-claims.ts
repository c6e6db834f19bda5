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

/** The claims of a service account token. Its signature is not verified: the API servers do that. */
export interface TokenClaims {
  /** `system:serviceaccount:<namespace>:<name>` */
  readonly subject: string;
  /** The id of the key that signed it. */
  readonly keyId?: string;
  /** The id of the account. It differs if an account was deleted and created again with the same name. */
  readonly accountUid?: string;
  readonly audiences: readonly string[];
  readonly notBefore: Date;
  /** Absent if the token does not expire. */
  readonly notAfter?: Date;
}

/** Seconds since 1970. */
const time: Shape<Date> = (value, at) => {
  const date = new Date(number(value, at) * 1000);
  if (Number.isNaN(date.getTime())) throw new Mismatch(`${at} is not a date`);
  return date;
};

const HEADER = fields({ kid: optional(text) });
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

/** `undefined` if the text is not a service account token. */
export function readClaims(token: string): TokenClaims | undefined {
  const [header = "", payload = ""] = token
    .split(".")
    .map((part) => Buffer.from(part, "base64url").toString());
  const claims = attempt(() => readJson(payload, PAYLOAD));
  if (claims === undefined) return undefined;
  const { sub, aud = [], iat = new Date(0), exp } = claims;
  return {
    subject: sub,
    keyId: attempt(() => readJson(header, HEADER))?.kid,
    accountUid: claims["kubernetes.io"]?.serviceaccount?.uid,
    audiences: aud,
    notBefore: iat,
    ...(exp !== undefined && { notAfter: exp }),
  };
}
