/** Freezes a row or a table and all that is in it: nobody changes the catalog at run time. */
export function frozen<const T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
