import { goDurationSeconds, isGoDuration } from "../../catalog/go-duration";
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
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)$/;
/** Go counts nanoseconds in 64 bits. */
const LONGEST = 2_562_047 * 3600;

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
    if (expires !== undefined && !hasToken(expires) && !isTime(expires))
      throw invalidTokenExpiry(where, expires);
  }
}

function isLifetime(text: string): boolean {
  if (!isGoDuration(text)) return false;
  const seconds = goDurationSeconds(text);
  return seconds >= 0 && seconds <= LONGEST;
}

/** JavaScript takes the 30th of February for the first of March. */
function isTime(text: string): boolean {
  const day = text.slice(0, "2030-01-31".length);
  const parsed = new Date(`${day}T00:00:00Z`);
  return (
    TIME.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    parsed.toISOString().startsWith(day)
  );
}
