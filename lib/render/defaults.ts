/**
 * Merges the user's fields into the defaults, at every depth. A field that is null or an empty text counts as not set,
 * as in Go's defaulting of strings and pointers. A number or a list counts as set, even if it is 0 or empty.
 */
export function withDefaults(
  defaults: Readonly<Record<string, unknown>>,
  user: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  // A Map, because a user's key may be one that every object inherits, such as `constructor`.
  const merged = new Map(Object.entries(defaults));
  for (const [key, value] of Object.entries(user)) {
    const base = merged.get(key);
    if (isObject(value) && isObject(base))
      merged.set(key, withDefaults(base, value));
    else if (!NOT_SET.includes(value) || base === undefined)
      merged.set(key, value);
  }
  return Object.fromEntries(
    [...merged].filter(([, value]) => value !== undefined),
  );
}

const NOT_SET: readonly unknown[] = [undefined, null, ""];

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype
  );
}
