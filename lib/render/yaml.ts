import {
  type Document,
  dump,
  SCALAR_STYLE,
  visit,
  YAML11_SCHEMA,
} from "js-yaml";

/**
 * The only YAML serializer of this library: block style, no anchors, no folding. A string is quoted if any of the parsers
 * that read our files (YAML 1.1, the core schema of 1.2, Kubernetes' Go library) would not read it as that string.
 */
export function toYaml(value: unknown): string {
  return dump(value, {
    schema: YAML11_SCHEMA,
    noRefs: true,
    lineWidth: -1,
    sortKeys: false,
    transform: quoteAmbiguous,
  });
}

/** Writes several documents into one text. */
export function toYamlDocuments(values: readonly unknown[]): string {
  return values.map(toYaml).join("---\n");
}

/** Quotes strings that only the other parsers would misread. js-yaml itself quotes those that YAML 1.1 would misread. */
function quoteAmbiguous(documents: Document[]): void {
  visit(documents, (node) => {
    if (
      node.kind === "scalar" &&
      node.tag === STRING &&
      AMBIGUOUS.some((pattern) => pattern.test(node.value))
    ) {
      // Other characters need escapes, which single quotes do not allow: YAML 1.1 treats U+2028 as a line break.
      node.style = /^[ -~]*$/.test(node.value)
        ? SCALAR_STYLE.SINGLE_QUOTED
        : SCALAR_STYLE.DOUBLE_QUOTED;
    }
  });
}

const STRING = "tag:yaml.org,2002:str";

/**
 * Strings that some parser reads as null, a boolean, a number, a time or, at the start of a line, the border of a
 * document. An empty string is read as null.
 * @see https://yaml.org/type/
 * @see https://yaml.org/spec/1.2.2/#103-core-schema
 * @see https://github.com/yaml/go-yaml/blob/v3.0.4/resolve.go
 */
const AMBIGUOUS: readonly RegExp[] = [
  /^(~|null|true|false|yes|no|on|off|y|n|<<|=)$/i,
  /^[-+]?(0b[01_]+|0o[0-7_]+|0x[0-9a-f_]+|[0-9_]+)$/i,
  /^[-+]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(e[-+]?[0-9]+)?$/i,
  /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/,
  /^[-+]?\.(inf|nan)$/i,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt\s].*)?$/,
  /^(---|\.\.\.|$)/,
];
