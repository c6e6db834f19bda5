import { SCALARS } from "../../catalog/config/shape";
import {
  goDurationSeconds,
  isGoDuration,
  LONGEST_HOURS,
} from "../../catalog/go-duration";
import type { Site } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import {
  invalidTokenExpiry,
  invalidTokenGroup,
  invalidTokenTtl,
  invalidTokenUsage,
  TOKEN_USAGES,
} from "./bootstrap-token-errors";

/** @see https://github.com/kubernetes/cluster-bootstrap/blob/v0.36.3/token/api/types.go */
const GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;
export function validateBootstrapTokens({ bootstrapTokens }: Site): void {
  for (const [
    at,
    { usages, groups, ttl, expires },
  ] of bootstrapTokens.entries()) {
    const where = `bootstrapTokens[${at}]`;
    for (const usage of usages)
      if (!hasToken(usage) && !TOKEN_USAGES.includes(usage))
        throw invalidTokenUsage(where, usage);
    for (const group of groups)
      if (!hasToken(group) && !GROUP.test(group))
        throw invalidTokenGroup(where, group);
    if (!hasToken(ttl) && !isLifetime(ttl)) throw invalidTokenTtl(where, ttl);
    if (
      expires !== undefined &&
      !hasToken(expires) &&
      !SCALARS.time.accepts(expires)
    )
      throw invalidTokenExpiry(where, expires);
  }
}

function isLifetime(text: string): boolean {
  if (!isGoDuration(text)) return false;
  const seconds = goDurationSeconds(text);
  return seconds >= 0 && seconds <= LONGEST_HOURS * 3600;
}
