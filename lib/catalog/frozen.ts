/** Freezes a value and everything in it, so that the catalog cannot change at run time. */
export function frozen<const T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
