import type { Parameters } from "fast-check";

/** A fixed seed, so that a failure is the same everywhere. fast-check prints it with the path to the smallest case. */
export const SETTINGS = {
  seed: 20260911,
  numRuns: 1000,
} satisfies Parameters<unknown>;
