import { load, loadAll, YAML11_SCHEMA } from "js-yaml";

/** Reads what `toYaml` of lib/render writes, under the same rules. */
export function fromYaml(text: string): unknown {
  return load(text, { schema: YAML11_SCHEMA });
}

export function fromYamlDocuments(text: string): unknown[] {
  return loadAll(text, { schema: YAML11_SCHEMA });
}
