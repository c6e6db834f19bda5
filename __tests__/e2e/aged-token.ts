import { createPrivateKey, sign } from "node:crypto";

/** The same token as if it had been issued 50 minutes ago and expired in ten, signed with the key of service accounts. */
export function agedToken(token: string, key: string): string {
  const [head, body] = token.split(".");
  const claims = JSON.parse(
    Buffer.from(body, "base64url").toString(),
  ) as object;
  const second = Math.floor(Date.now() / 1000);
  const times = { iat: second - 3000, nbf: second - 3000, exp: second + 600 };
  const old = Buffer.from(JSON.stringify({ ...claims, ...times })).toString(
    "base64url",
  );
  const signature = sign("sha256", Buffer.from(`${head}.${old}`), {
    key: createPrivateKey(key),
    dsaEncoding: "ieee-p1363",
  }).toString("base64url");
  return `${head}.${old}.${signature}`;
}
