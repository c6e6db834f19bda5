/** `1 node`, `3 nodes` */
export const counted = (
  count: number,
  noun: string,
  plural = `${noun}s`,
): string => `${count} ${count === 1 ? noun : plural}`;

export const files = (count: number): string => counted(count, "file");

export const binaryFiles = (count: number): string =>
  counted(count, "binary", "binaries");

/** The most texts that {@link firstOf} names. */
const NAMED = 8;

/** `cp-1, cp-2`; of many, the first ones and the number of the others: `w-1, w-2, … and 92 more` */
export function firstOf(texts: readonly string[]): string {
  const more = texts.length - NAMED;
  const named = texts.slice(0, NAMED).join(", ");
  return more > 0 ? `${named} and ${more} more` : named;
}
