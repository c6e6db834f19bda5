import { loadAll, YAMLException } from "js-yaml";
import { KUBERNETES_SCHEMA } from "../../render/kubernetes-yaml";
import { notYaml, tooManyValues } from "./errors";

/** The documents of a text, the empty ones left out. */
export function readYaml(text: string): unknown[] {
  try {
    const documents = loadAll(text, {
      schema: KUBERNETES_SCHEMA,
      maxAliases: MOST_ALIASES,
    });
    if (holdsMoreThan(MOST_VALUES, documents)) throw tooManyValues(MOST_VALUES);
    return documents.filter((document) => document !== null);
  } catch (error) {
    // The message would quote the lines around the place, a token perhaps.
    if (error instanceof YAMLException)
      throw notYaml(error.reason, (error.mark?.line ?? 0) + 1);
    throw error;
  }
}

/** A configuration has some hundreds. */
const MOST_VALUES = 100_000;
const MOST_ALIASES = 1_000;

/**
 * Counts what an alias stands for wherever it stands: of a few lines that hold billions of values can be made. What
 * contains itself is counted once, and refused later as what it is.
 */
function holdsMoreThan(limit: number, value: unknown): boolean {
  const around = new Set<object>();
  const left: { readonly value: unknown; readonly leaves?: object }[] = [
    { value },
  ];
  for (let count = 0; left.length > 0;) {
    if (left.length > 2 * limit) return true;
    const { value, leaves } = left.pop()!;
    if (leaves) around.delete(leaves);
    else if (++count > limit) return true;
    if (typeof value !== "object" || value === null || around.has(value))
      continue;
    around.add(value);
    left.push({ value: undefined, leaves: value });
    for (const inner of Object.values(value)) left.push({ value: inner });
  }
  return false;
}
