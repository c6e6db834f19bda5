import { readFileSync, writeFileSync } from "node:fs";
import { sha256 } from "../../../lib/base/files";
import { readClaims } from "../../../lib/pki/token-claims";
import { agedToken } from "../aged-token";

/** Replaces the token by a correctly signed one that was issued 50 minutes ago. */
export function makeOld(store: (file: string) => string): void {
  const text = (file: string) => readFileSync(store(file), "utf8");
  const before = text("tokens/ci.token");
  const token = agedToken(before, text("pki/sa.key"));
  const [conf, stamp] = [
    "kubeconfigs/ci.conf",
    ".stamps/tokens/ci.token.json",
  ].map(text);
  const made = conf.replace(before, token);
  writeFileSync(store("tokens/ci.token"), token);
  writeFileSync(store("kubeconfigs/ci.conf"), made);
  const { notAfter } = readClaims(token)!;
  writeFileSync(
    store(".stamps/tokens/ci.token.json"),
    JSON.stringify({
      ...(JSON.parse(stamp) as object),
      sha256: [token, made].map(sha256).join(" "),
      notAfter: notAfter!.toISOString(),
      renewable: new Date(Date.now() - 600_000).toISOString(),
    }),
  );
}
