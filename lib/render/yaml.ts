import {
  type Document,
  dump,
  SCALAR_STYLE,
  visit,
  YAML11_SCHEMA,
} from "js-yaml";

/**
 * The one serializer: block style, no anchors, no folding, quoted where any of the parsers that read our files
 * (YAML 1.1, the core schema of 1.2, the Go library of Kubernetes) would read something else than the string.
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

/** Several documents in one file. */
export function toYamlDocuments(values: readonly unknown[]): string {
  return values.map(toYaml).join("---\n");
}

/** js-yaml quotes what YAML 1.1 reads otherwise; this adds what the others do. */
function quoteAmbiguous(documents: Document[]): void {
  visit(documents, (node) => {
    if (
      node.kind === "scalar" &&
      node.tag === STRING &&
      isAmbiguous(node.value)
    ) {
      // Single quotes allow no escapes, and YAML 1.1 takes U+2028 for a line break.
      node.style = /^[ -~]*$/.test(node.value)
        ? SCALAR_STYLE.SINGLE_QUOTED
        : SCALAR_STYLE.DOUBLE_QUOTED;
    }
  });
}

const STRING = "tag:yaml.org,2002:str";

/**
 * What some parser takes for null, a boolean, a number, a time or, at the beginning of a line, for the border of a document.
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
  /^(---|\.\.\.)/,
];

function isAmbiguous(text: string): boolean {
  return text === "" || AMBIGUOUS.some((pattern) => pattern.test(text));
}
