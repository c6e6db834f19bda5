/**
 * The user's fields over the defaults, at every depth. What the user left empty counts as not said, as in Go's
 * defaulting of strings and pointers; a list, even an empty one, and a number are said.
 */
export function withDefaults(
  defaults: Readonly<Record<string, unknown>>,
  user: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(user)) {
    const base = defaults[key];
    if (isObject(value) && isObject(base))
      merged[key] = withDefaults(base, value);
    else if (!isEmpty(value) || base === undefined) merged[key] = value;
  }
  return Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== undefined),
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
