import { loadAll, YAML11_SCHEMA } from "js-yaml";

/** What was read already: a spec is looked at more than once, and reading it is half of the work on it. */
const known = new Map<string, readonly unknown[]>();

/** Reads what `toYaml` of lib/render writes, under the same rules. Not to be changed: others are given it too. */
export function fromYamlDocuments(text: string): readonly unknown[] {
  const documents = known.get(text) ?? loadAll(text, { schema: YAML11_SCHEMA });
  known.set(text, documents);
  return documents;
}

/** As {@link fromYamlDocuments}, of one document. */
export function fromYaml(text: string): unknown {
  return fromYamlDocuments(text)[0];
}
