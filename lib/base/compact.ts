/** The items that are there. An item that may be missing is written as `condition && item`. */
export const compact = <T>(
  ...items: readonly (T | false | undefined)[]
): Exclude<T, false | undefined>[] =>
  items.filter(Boolean) as Exclude<T, false | undefined>[];
