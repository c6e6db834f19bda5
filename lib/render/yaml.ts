import { dump, YAML11_SCHEMA } from "js-yaml";

/**
 * The one serializer: block style, no anchors, no folding, quoted where a YAML 1.1 parser (Kubernetes has one)
 * would read something else than the string.
 */
export function toYaml(value: unknown): string {
  return dump(value, {
    schema: YAML11_SCHEMA,
    noRefs: true,
    lineWidth: -1,
    sortKeys: false,
  });
}

/** Several documents in one file. */
export function toYamlDocuments(values: readonly unknown[]): string {
  return values.map(toYaml).join("---\n");
}
