import { SCALARS } from "../../catalog/config/shape";
import { goDurationSeconds, LONGEST_HOURS } from "../../catalog/go-duration";
import type { Site } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import type { Requirement } from "../../terraform/requirement";
import { LIFETIME, oneOf, TIME, TOKEN_GROUP } from "../patterns";
import {
  invalidTokenExpiry,
  invalidTokenGroup,
  invalidTokenTtl,
  invalidTokenUsage,
  TOKEN_USAGES,
} from "./bootstrap-token-errors";

/** What the texts of bootstrap tokens must be. */
export const bootstrapTokenRequirements = ({
  bootstrapTokens,
}: Site): Requirement[] =>
  bootstrapTokens.flatMap(({ usages, groups, ttl, expires }, at) => {
    const where = `bootstrapTokens[${at}]`;
    return [
      ...usages.map((value) => ({
        value,
        patterns: [oneOf(TOKEN_USAGES)],
        error: (given: string) => invalidTokenUsage(where, given),
      })),
      ...groups.map((value) => ({
        value,
        patterns: [TOKEN_GROUP],
        error: (given: string) => invalidTokenGroup(where, given),
      })),
      {
        value: ttl,
        patterns: [LIFETIME],
        error: (given: string) => invalidTokenTtl(where, given),
      },
      ...(expires === undefined
        ? []
        : [
            {
              value: expires,
              patterns: [TIME],
              error: (given: string) => invalidTokenExpiry(where, given),
            },
          ]),
    ];
  });

/** Throws if a literal lifetime or end is one that Go cannot hold, such as February 30. */
export function validateBootstrapTokens({ bootstrapTokens }: Site): void {
  for (const [at, { ttl, expires }] of bootstrapTokens.entries()) {
    const where = `bootstrapTokens[${at}]`;
    if (!hasToken(ttl) && goDurationSeconds(ttl) > LONGEST_HOURS * 3600)
      throw invalidTokenTtl(where, ttl);
    if (
      expires !== undefined &&
      !hasToken(expires) &&
      !SCALARS.time.accepts(expires)
    )
      throw invalidTokenExpiry(where, expires);
  }
}
