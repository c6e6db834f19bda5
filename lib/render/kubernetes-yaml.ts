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
 * Integers as Go reads them. YAML 1.1 has base 60 besides, in which `1:20` would be 80, but Kubernetes' parser
 * leaves that a string.
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
 * YAML 1.1, as Kubernetes has it: `yes` and `on` are booleans, `<<` merges, but timestamps are strings, and no other
 * tags exist, for the values have to become JSON.
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
 * The documents of a text that people wrote, the empty ones left out. Throws a YAMLException, also where an alias is a
 * part of what it stands for, or where aliases make so much of a small text that reading on would take minutes.
 */
export function readKubernetesYaml(text: string): unknown[] {
  const documents = loadAll(text, {
    schema: KUBERNETES_SCHEMA,
    maxAliases: YAML_LIMITS.aliases,
  });
  refuseEndless(documents);
  return documents.filter((document) => document !== null);
}

/** Counts what an alias stands for wherever it stands: of a few lines that hold billions of values can be made. */
function refuseEndless(documents: unknown): void {
  const around = new Set<object>();
  const left: { readonly value: unknown; readonly leaves?: object }[] = [
    { value: documents },
  ];
  for (let count = 0; left.length > 0;) {
    const { value, leaves } = left.pop()!;
    if (leaves) around.delete(leaves);
    else if (
      ++count > YAML_LIMITS.values ||
      left.length > 2 * YAML_LIMITS.values
    )
      throw new YAMLException(
        `it holds more than ${YAML_LIMITS.values} values once its aliases are replaced by what they stand for`,
      );
    if (typeof value !== "object" || value === null) continue;
    if (around.has(value))
      throw new YAMLException("an alias is a part of what it stands for");
    around.add(value);
    left.push({ value: undefined, leaves: value });
    for (const inner of Object.values(value)) left.push({ value: inner });
  }
}
