import { unsupportedNode } from "../catalog/node-version";

// The programs import this first, so that an older Node says so before it meets anything that it lacks.
const problem = unsupportedNode();
if (problem !== undefined) {
  console.error(`Error: ${problem}`);
  process.exit(1);
}
