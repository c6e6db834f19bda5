import { unknownField, wrongType } from "./errors";
import type { ConfigKind } from "./fields";
import { describe, isObject, SCALARS, shapeOf, type Shape } from "./shape";

/**
 * A document that has the shape of its kind: no unknown field and no wrong type at any depth. kubeadm only warns
 * of unknown fields and goes on without them. What is null is left out, for Go reads it as absent; aliases become
 * copies.
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
      return entries(value, path, (name, of) =>
        check(of, shape.values, `${path}.${name}`, version),
      );
    case "object":
      return entries(value, path, (name, of) => {
        if (!Object.hasOwn(shape.fields, name)) {
          throw unknownField(
            `${path}.${name}`,
            Object.keys(shape.fields),
            version,
          );
        }
        return of === null
          ? null
          : check(of, shape.fields[name], `${path}.${name}`, version);
      });
  }
}

function entries(
  value: unknown,
  path: string,
  each: (name: string, value: unknown) => unknown,
): unknown {
  if (!isObject(value)) throw wrongType(path, describe(value), "a mapping");
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, of]) => [name, each(name, of)])
      .filter(([, of]) => of !== null),
  );
}
