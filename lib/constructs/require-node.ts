import { unsupportedNode } from "../catalog/node-version";

// The library imports this module first, so that an older Node.js fails with this error before it meets unsupported
// syntax.
const problem = unsupportedNode();
if (problem !== undefined) throw new Error(problem);
