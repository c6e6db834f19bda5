/**
 * Whether this Node is new enough. An older one has to be able to read this file, and whatever is loaded before it, so it
 * uses nothing that came after 2015.
 */
const OLDEST = [20, 9];

/** What to say where it is not. */
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
