import { Tokenization } from "cdktf";
import { type DataKind, MINORS } from "../catalog/config/fields";
import {
  describe,
  isObject,
  SCALARS,
  shapeOf,
  type Shape,
} from "../catalog/config/shape";
import { VALUES } from "../catalog/config/values";
import type { Site } from "../catalog/site";
import { hasToken } from "../terraform/expression";
import { isUnknown } from "../terraform/known";
import { notData, unknownField, wrongType, wrongValue } from "./data-errors";

/** Deeper than any Kubernetes object, but not deep enough to overflow the stack of a recursive function. */
const DEPTH = 100;

/**
 * Throws if the value contains, at any depth, anything that a Kubernetes object cannot hold: YAML would change it or
 * lose it.
 *
 * @param where The prop that holds the value, such as `kubelet.config`.
 * @param parents The objects that contain the value, outermost first.
 */
export function requireData(
  where: string,
  value: unknown,
  parents: readonly unknown[] = [],
): void {
  const problem = problemOf(value, parents);
  if (problem !== undefined) throw notData(where, problem);
  if (typeof value !== "object" || value === null || isToken(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${where}[${key}]` : `${where}.${key}`;
    requireData(place, key, []);
    requireData(place, item, [...parents, value]);
  }
}

function problemOf(
  value: unknown,
  parents: readonly unknown[],
): string | undefined {
  if (typeof value === "string")
    return /\p{Surrogate}/u.test(value)
      ? "a text with half a character (a lone surrogate)"
      : undefined;
  if (typeof value === "number")
    return Number.isFinite(value) ? undefined : String(value);
  if (value === undefined || value === null || typeof value === "boolean")
    return undefined;
  if (typeof value !== "object") return `a ${typeof value}`;
  if (parents.includes(value)) return "an object that contains itself";
  if (parents.length >= DEPTH) return `more than ${DEPTH} levels deep`;
  // A Date becomes the same text in YAML as in JSON.
  return value instanceof Date || isToken(value) || isContainer(value)
    ? undefined
    : `an object of the class ${value.constructor.name}`;
}

const isToken = (value: object): boolean => Tokenization.isResolvable(value);

function isContainer(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    Array.isArray(value) || prototype === Object.prototype || prototype === null
  );
}

/** A configuration of a component, as a prop gives it. @param where `kubeProxy.config` */
export function validateConfig(
  { version, allowUnknownFlags }: Site,
  kind: DataKind,
  where: string,
  config: Readonly<Record<string, unknown>>,
): void {
  requireData(where, config);
  const isListed = (MINORS as readonly number[]).includes(version.minor);
  // A component of the user's own build may have other fields, too.
  if (!isListed || allowUnknownFlags) return;
  const isOfType = (key: string) => key === "apiVersion" || key === "kind";
  const fields = Object.entries(config).filter(([key]) => !isOfType(key));
  checked(kind, Object.fromEntries(fields), version.minor, where);
}

/**
 * Returns a copy of the document after checking that it matches its kind: throws on an unknown field, a wrong type, or a
 * value that the component refuses. kubeadm only warns of unknown fields and ignores them. Null values are dropped,
 * because Go reads null as absent, YAML aliases become copies, and values known only at apply stay as they are.
 *
 * @param where what people call it, such as `kubelet.config`
 */
export function checked(
  kind: DataKind,
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
