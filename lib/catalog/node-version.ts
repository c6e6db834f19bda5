/**
 * The oldest supported version of Node. An older Node must still be able to load this file, so it uses only syntax from
 * before 2016.
 */
const OLDEST = [20, 9];

/** The error for a version of Node that is too old; `undefined` if it is supported. */
export function unsupportedNode(
  version: string = process.versions.node,
): string | undefined {
  const [major, minor] = version.split(".").map(Number);
  const isSupported =
    major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return isSupported
    ? undefined
    : `Node ${version} is too old: cdktf-control-plane needs Node ${OLDEST.join(".")} or newer. ` +
        "Install a newer one (https://nodejs.org), put it first on the PATH, and run the same command again. Nothing was done.";
}
