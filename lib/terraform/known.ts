import { Tokenization } from "cdktf";
import { hasToken } from "./expression";
import { isListToken, isMapToken } from "./tokens";

/**
 * The part of a value that is known at synthesis, and JSON pointers to the parts that are known only at apply. In a list
 * the latter become null, to keep the indices.
 */
export function knownPart<T>(value: T) {
  const unknown: string[] = [];
  const known = (part: unknown, at: string): unknown => {
    if (isUnknown(part)) {
      unknown.push(at);
      return undefined;
    }
    if (Array.isArray(part))
      return part.map((item, i) => known(item, `${at}/${i}`) ?? null);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, item]) => [
        key,
        known(item, `${at}/${key.replace(/~/g, "~0").replace(/\//g, "~1")}`),
      ]),
    );
  };
  return { value: known(value, "") as T, unknown };
}

/** Whether a part is unknown. A list or map that contains a list or map token is unknown as a whole. */
export function isUnknown(part: unknown): boolean {
  if (part === null || typeof part !== "object") return hasToken(part);
  if (Tokenization.isResolvable(part)) return true;
  return Array.isArray(part)
    ? part.some(isListToken)
    : Object.keys(part).some((key) => isMapToken(key) || hasToken(key));
}
