/** A major and a minor. */
export type Version = readonly [number, number];

/** Whether a version such as `1.6.24` is older, or has no such numbers. */
export function isOlder(version: string, [major, minor]: Version): boolean {
  const [found, foundMinor] = version.split(".").map(Number);
  return !(found > major || (found === major && foundMinor >= minor));
}
