/** The items that are there. An item that may be missing is written as `condition && item`. */
export const compact = <T>(...items: readonly (T | false | undefined)[]): T[] =>
  items.filter(Boolean) as T[];
