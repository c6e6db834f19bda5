import {
  boolYaml11Tag,
  defineScalarTag,
  floatCoreTag,
  loadAll,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  Schema,
  seqTag,
  strTag,
  YAMLException,
} from "js-yaml";
import { YAML_LIMITS } from "../catalog/yaml-limits";

/**
 * Integers as Go reads them. YAML 1.1 also has numbers in base 60, such as `1:20` for 80, but Kubernetes' parser treats
 * those as strings.
 * @see https://github.com/kubernetes-sigs/yaml/blob/v1.6.0/goyaml.v2/resolve.go
 */
const goInteger = defineScalarTag<number>("tag:yaml.org,2002:int", {
  implicit: true,
  implicitFirstChars: ["-", "+", ..."0123456789"],
  resolve: (source) => {
    const [, sign, digits] =
      /^([-+]?)(.+)$/.exec(source.replaceAll("_", "")) ?? [];
    if (digits === undefined) return NOT_RESOLVED;
    const octal = /^0[oO]?([0-7]+)$/.exec(digits);
    const other = /^(?:0|[1-9][0-9]*|0[xX][0-9a-fA-F]+|0[bB][01]+)$/.test(
      digits,
    );
    if (!octal && !other) return NOT_RESOLVED;
    const value = octal ? parseInt(octal[1], 8) : Number(digits);
    return sign === "-" && value !== 0 ? -value : value;
  },
  identify: Number.isInteger,
});

/**
 * YAML 1.1 as Kubernetes reads it: `yes` and `on` are booleans and `<<` merges, but timestamps are strings. There are no
 * other tags, because the values must be representable in JSON.
 */
export const KUBERNETES_SCHEMA = new Schema([
  nullYaml11Tag,
  boolYaml11Tag,
  goInteger,
  floatCoreTag,
  mergeTag,
  strTag,
  seqTag,
  mapTag,
]);

/**
 * Reads the documents of a text that a user wrote, without empty documents. It throws a YAMLException if the text is not
 * YAML, if an alias contains itself, or if the text becomes too large once its aliases are expanded.
 */
export function readKubernetesYaml(text: string): unknown[] {
  const documents = loadAll(text, {
    schema: KUBERNETES_SCHEMA,
    maxAliases: YAML_LIMITS.aliases,
  });
  refuseTooManyValues(documents);
  return documents.filter((document) => document !== null);
}

/** Counts the values with each alias expanded: a few lines with nested aliases can stand for billions of values. */
function refuseTooManyValues(documents: unknown): void {
  const enclosing = new Set<object>();
  const pending: { readonly value: unknown; readonly leaves?: object }[] = [
    { value: documents },
  ];
  for (let count = 0; pending.length > 0;) {
    const { value, leaves } = pending.pop()!;
    if (leaves) enclosing.delete(leaves);
    else if (
      ++count > YAML_LIMITS.values ||
      pending.length > 2 * YAML_LIMITS.values
    )
      throw new YAMLException(
        `it has more than ${YAML_LIMITS.values} values once its aliases are expanded`,
      );
    if (typeof value !== "object" || value === null) continue;
    if (enclosing.has(value))
      throw new YAMLException("an alias contains itself");
    enclosing.add(value);
    pending.push({ value: undefined, leaves: value });
    for (const inner of Object.values(value)) pending.push({ value: inner });
  }
}
