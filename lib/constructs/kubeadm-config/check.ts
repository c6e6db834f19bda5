import { unknownField, wrongType } from "./errors";
import type { ConfigKind } from "./fields";
import { describe, isObject, SCALARS, shapeOf, type Shape } from "./shape";

/**
 * Returns a copy of the document after checking that it matches its kind: throws on an unknown field or a wrong type at
 * any depth. kubeadm only warns of unknown fields and ignores them. Null values are dropped, because Go reads null as
 * absent, and YAML aliases become copies.
 */
export function checked(
  kind: ConfigKind,
  document: Readonly<Record<string, unknown>>,
  minor: number,
): Record<string, unknown> {
  return check(document, shapeOf(kind, minor), kind, `1.${minor}`) as Record<
    string,
    unknown
  >;
}

function check(
  value: unknown,
  shape: Shape,
  path: string,
  version: string,
): unknown {
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
