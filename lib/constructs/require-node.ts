import { unsupportedNode } from "../catalog/node-version";

// The library imports this first, so that an older Node says so before it meets anything that it lacks.
const problem = unsupportedNode();
if (problem !== undefined) throw new Error(problem);
