import { serialize } from "node:v8";
import {
  boolYaml11Tag,
  DEFAULT_SCALAR_STYLE_RULES,
  floatYaml11Tag,
  intYaml11Tag,
  jsToAst,
  mapTag,
  mergeTag,
  nullYaml11Tag,
  present,
  SCALAR_STYLE,
  type ScalarLayout,
  Schema,
  seqTag,
  strTag,
  timestampTag,
} from "js-yaml";

/**
 * The only YAML serializer of this library: block style, no anchors, no folding. A string is quoted if any of the parsers
 * that read our files (YAML 1.1, the core schema of 1.2, Kubernetes' Go library) would not read it as that string.
 */
export function toYaml(value: unknown): string {
  const key = exactly(value);
  const known = key === undefined ? undefined : written.get(key);
  if (known !== undefined) return known;
  const text = present(jsToAst(value, SCHEMA, { noRefs: true }), OPTIONS);
  if (key !== undefined) {
    written.set(key, text);
    if (written.size > KEPT) written.delete(written.keys().next().value!);
  }
  return text;
}

/** The last texts. Clusters, nodes and specs of one program have many equal values, and writing one is slow. */
const written = new Map<string, string>();
const KEPT = 1000;

/** A key that two values share only if they are equal. JSON would confuse a date with its text. */
function exactly(value: unknown): string | undefined {
  try {
    return serialize(value).toString("latin1");
  } catch {
    // js-yaml itself says what it cannot write.
    return undefined;
  }
}

/** Writes several documents into one text. */
export function toYamlDocuments(values: readonly unknown[]): string {
  return values.map(toYaml).join("---\n");
}

/** Quotes strings that only the other parsers would misread. js-yaml itself quotes those that YAML 1.1 would misread. */
function quoteAmbiguous(layout: ScalarLayout): void {
  const { tag, value } = layout.node;
  if (
    tag === strTag.tagName &&
    AMBIGUOUS.some((pattern) => pattern.test(value))
  ) {
    // Other characters need escapes, which single quotes do not allow: YAML 1.1 treats U+2028 as a line break.
    layout.style = /^[ -~]*$/.test(value)
      ? SCALAR_STYLE.SINGLE_QUOTED
      : SCALAR_STYLE.DOUBLE_QUOTED;
  }
}

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

/**
 * YAML 1.1 without its binary values, sets and ordered maps, which no Kubernetes file has: js-yaml compares each value with
 * all types, and with fewer of them it needs a fifth less time.
 */
const SCHEMA = new Schema([
  nullYaml11Tag,
  boolYaml11Tag,
  intYaml11Tag,
  floatYaml11Tag,
  timestampTag,
  mergeTag,
  strTag,
  seqTag,
  mapTag,
]);

const OPTIONS = {
  schema: SCHEMA,
  lineWidth: -1,
  scalarStyleRules: [
    quoteAmbiguous,
    ...Object.values(DEFAULT_SCALAR_STYLE_RULES),
  ],
};
