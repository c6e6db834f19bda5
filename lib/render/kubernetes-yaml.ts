import {
  boolYaml11Tag,
  defineScalarTag,
  floatCoreTag,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  Schema,
  seqTag,
  strTag,
} from "js-yaml";

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
