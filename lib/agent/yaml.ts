import { loadAll } from "js-yaml";
import { KUBERNETES_SCHEMA } from "../render/kubernetes-yaml";

/** What was read already: a spec is looked at more than once, and reading it is half of the work on it. */
const known = new Map<string, readonly unknown[]>();

/**
 * Reads what `toYaml` of lib/render writes, and what users bring for Kubernetes, as Kubernetes does: a date is a text. Not
 * to be changed: others are given it too.
 */
export function fromYamlDocuments(text: string): readonly unknown[] {
  const documents =
    known.get(text) ?? loadAll(text, { schema: KUBERNETES_SCHEMA });
  known.set(text, documents);
  return documents;
}

/** As {@link fromYamlDocuments}, of one document. */
export function fromYaml(text: string): unknown {
  return fromYamlDocuments(text)[0];
}
