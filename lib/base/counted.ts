/** `1 node`, `3 nodes` */
export const counted = (
  count: number,
  noun: string,
  plural = `${noun}s`,
): string => `${count} ${count === 1 ? noun : plural}`;

export const files = (count: number): string => counted(count, "file");

export const binaryFiles = (count: number): string =>
  counted(count, "binary", "binaries");
