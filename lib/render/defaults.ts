/**
 * The user's fields over the defaults, at every depth. What the user left empty counts as not said, as in Go's
 * defaulting of strings and pointers; a list, even an empty one, and a number are said.
 */
export function withDefaults(
  defaults: Readonly<Record<string, unknown>>,
  user: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  // A map, because a user's key may be one that every object has.
  const merged = new Map(Object.entries(defaults));
  for (const [key, value] of Object.entries(user)) {
    const base = merged.get(key);
    if (isObject(value) && isObject(base))
      merged.set(key, withDefaults(base, value));
    else if (!isEmpty(value) || base === undefined) merged.set(key, value);
  }
  return Object.fromEntries(
    [...merged].filter(([, value]) => value !== undefined),
  );
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype
  );
}
