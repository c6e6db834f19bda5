import { unsupportedNode } from "../catalog/node-version";

// The programs import this first, so that an older Node reports its version before it fails at a missing feature.
const problem = unsupportedNode();
if (problem !== undefined) {
  console.error(`Error: ${problem}`);
  process.exit(1);
}
