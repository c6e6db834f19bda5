import { Tokenization } from "cdktf";
import { hasToken } from "./expression";
import { isListToken, isMapToken } from "./tokens";

/** What of a value is known at synthesis, and JSON pointers to what is known only at apply. */
export interface Known<T> {
  readonly value: T;
  readonly unknown: readonly string[];
}

/** Leaves out what is known only at apply; in a list it becomes null, so that the others keep their places. */
export function knownPart<T>(value: T): Known<T> {
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

/** A list or a map with a token for a whole one in it is unknown as a whole: nobody knows its items yet. */
export function isUnknown(part: unknown): boolean {
  if (part === null || typeof part !== "object") return hasToken(part);
  if (Tokenization.isResolvable(part)) return true;
  return Array.isArray(part)
    ? part.some(isListToken)
    : Object.keys(part).some((key) => isMapToken(key) || hasToken(key));
}
