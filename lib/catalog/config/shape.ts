import { ALL_FIELDS, type DataKind } from "./fields";
import { frozen } from "../frozen";
import { isGoDuration } from "../go-duration";

/** The values that a field may have. The list of fields is turned into a tree of these. */
export type Shape =
  | { readonly of: "object"; readonly fields: Readonly<Record<string, Shape>> }
  | { readonly of: "list"; readonly items: Shape }
  | { readonly of: "map"; readonly values: Shape }
  | { readonly of: "scalar"; readonly type: ScalarType };

interface Scalar {
  readonly allowed: string;
  accepts(value: unknown): boolean;
}

const isString = (value: unknown) => typeof value === "string";
const isDuration = (value: unknown) =>
  typeof value === "string" && isGoDuration(value);

const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)$/;

/** Whether Go reads a time. JavaScript alone would take February 30 for the first days of March. */
function isTime(text: string): boolean {
  const [, day] = TIME.exec(text) ?? [];
  if (day === undefined || Number.isNaN(Date.parse(text))) return false;
  return new Date(day).toISOString().startsWith(day);
}

/** The scalar types, with the JSON values that Go accepts for them. */
export const SCALARS = frozen({
  string: { allowed: "a string", accepts: isString },
  bool: {
    allowed: "true or false",
    accepts: (value) => typeof value === "boolean",
  },
  int: { allowed: "a whole number", accepts: Number.isSafeInteger },
  float: { allowed: "a number", accepts: Number.isFinite },
  duration: {
    allowed: "a string with a Go duration: 8760h, 1h30m, 500ms",
    accepts: isDuration,
  },
  durationOrInt: {
    allowed: "a string with a Go duration, or a whole number of nanoseconds",
    accepts: (value) => isDuration(value) || Number.isSafeInteger(value),
  },
  quantity: {
    allowed: "a quantity: 512Mi, 0.5, 3",
    accepts: (value) => isString(value) || Number.isFinite(value),
  },
  time: {
    allowed: "an RFC 3339 time: 2030-01-31T12:00:00Z",
    accepts: (value) => typeof value === "string" && isTime(value),
  },
} satisfies Record<string, Scalar>);

export type ScalarType = keyof typeof SCALARS;

/** Every leaf of a kind, with its path, such as `a.b[].c`. */
export function leaves(
  kind: DataKind,
): { path: string; type: ScalarType; minors?: number[] }[] {
  return ALL_FIELDS[kind]
    .trim()
    .split("\n")
    .map((line) => {
      const [path, type, minors] = line.split(" ");
      return {
        path,
        type: type as ScalarType,
        minors: minors?.split(",").map(Number),
      };
    });
}

/** The shape of a kind in one version, with only the fields that this version has. */
export function shapeOf(kind: DataKind, minor: number): Shape {
  const fields: Record<string, Shape> = {};
  for (const { path, type, minors } of leaves(kind)) {
    if (minors && !minors.includes(minor)) continue;
    addLeaf(fields, path.match(/[^.[\]{}]+|\[\]|\{\}/g) ?? [], {
      of: "scalar",
      type,
    });
  }
  return { of: "object", fields };
}

function addLeaf(
  fields: Record<string, Shape>,
  [name, ...rest]: readonly string[],
  leaf: Shape,
): void {
  fields[name] = withLeaf(fields[name], rest, leaf);
}

function withLeaf(
  shape: Shape | undefined,
  rest: readonly string[],
  leaf: Shape,
): Shape {
  if (rest.length === 0) return leaf;
  const [next, ...after] = rest;
  if (next === "[]") {
    return {
      of: "list",
      items: withLeaf(
        shape?.of === "list" ? shape.items : undefined,
        after,
        leaf,
      ),
    };
  }
  if (next === "{}") {
    return {
      of: "map",
      values: withLeaf(
        shape?.of === "map" ? shape.values : undefined,
        after,
        leaf,
      ),
    };
  }
  const fields = shape?.of === "object" ? { ...shape.fields } : {};
  addLeaf(fields, rest, leaf);
  return { of: "object", fields };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Describes the type of a value without revealing the value. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "boolean" ? "a boolean" : `a ${typeof value}`;
}
