import { VALUES } from "../catalog/config/values";
import { hasToken } from "../terraform/expression";
import { isUnknown } from "../terraform/known";
import { unknownField, wrongType, wrongValue } from "./config-errors";
import type { ConfigKind } from "../catalog/config/fields";
import {
  describe,
  isObject,
  SCALARS,
  shapeOf,
  type Shape,
} from "../catalog/config/shape";

/**
 * Returns a copy of the document after checking that it matches its kind: throws on an unknown field, a wrong type, or a
 * value that the component refuses. kubeadm only warns of unknown fields and ignores them. Null values are dropped,
 * because Go reads null as absent, YAML aliases become copies, and values known only at apply stay as they are.
 *
 * @param where what people call it, such as `kubelet.config`
 */
export function checked(
  kind: ConfigKind,
  document: Readonly<Record<string, unknown>>,
  minor: number,
  where: string,
): Record<string, unknown> {
  const found = check(document, shapeOf(kind, minor), where, `1.${minor}`);
  for (const { field, allowed, accepts } of VALUES[kind] ?? []) {
    const value = valueAt(found, field.split("."));
    if (value !== undefined && !hasToken(value) && !accepts(value))
      throw wrongValue(`${where}.${field}`, value, allowed);
  }
  return found as Record<string, unknown>;
}

const valueAt = (
  object: unknown,
  [key, ...rest]: readonly string[],
): unknown => {
  const value = isObject(object) ? object[key] : undefined;
  return rest.length === 0 ? value : valueAt(value, rest);
};

function check(
  value: unknown,
  shape: Shape,
  path: string,
  version: string,
): unknown {
  if (isUnknown(value)) return value;
  switch (shape.of) {
    case "scalar": {
      const { accepts, allowed } = SCALARS[shape.type];
      if (!accepts(value)) throw wrongType(path, describe(value), allowed);
      return value;
    }
    case "list":
      if (!Array.isArray(value))
        throw wrongType(path, describe(value), "a list");
      return value.map((item, index) =>
        check(item, shape.items, `${path}[${index}]`, version),
      );
    case "map":
      return mapEntries(value, path, (name, entry) =>
        check(entry, shape.values, `${path}.${name}`, version),
      );
    case "object":
      return mapEntries(value, path, (name, entry) => {
        if (!Object.hasOwn(shape.fields, name)) {
          throw unknownField(
            `${path}.${name}`,
            Object.keys(shape.fields),
            version,
          );
        }
        return entry === null
          ? null
          : check(entry, shape.fields[name], `${path}.${name}`, version);
      });
  }
}

function mapEntries(
  value: unknown,
  path: string,
  convert: (name: string, value: unknown) => unknown,
): unknown {
  if (!isObject(value)) throw wrongType(path, describe(value), "a mapping");
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, entry]) => [name, convert(name, entry)])
      .filter(([, entry]) => entry !== null),
  );
}
