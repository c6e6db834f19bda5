import type { Documents } from "./documents";
import { notAllowed, notSupported } from "./errors";
import type { ConfigKind } from "../../catalog/config/fields";
import { HANDLING } from "./handling";
import { isObject } from "../../catalog/config/shape";

/**
 * The content of the documents under the names of ClusterProps. Node, etcd, algorithm and durations are not yet objects
 * of the library.
 */
export interface Draft {
  readonly values: Record<string, unknown>;
  /** The fields that have no meaning here, each with the reason. */
  readonly meaningless: string[];
  /** The paths of secrets that were not copied. */
  readonly secrets: string[];
}

interface Place {
  readonly kind: ConfigKind;
  /** The path in the table: `bootstrapTokens[].ttl`. */
  readonly row: string;
  /** The path in the document: `bootstrapTokens[0].ttl`. */
  readonly path: string;
  readonly indices: readonly number[];
}

/** InitConfiguration comes last, so that the phases that it skips override ClusterConfiguration. */
const ORDER: readonly ConfigKind[] = [
  "ClusterConfiguration",
  "KubeletConfiguration",
  "KubeProxyConfiguration",
  "InitConfiguration",
];

/** Handles every field of the checked documents as its row in the table says. */
export function draftOf(documents: Documents): Draft {
  const draft: Draft = { values: {}, meaningless: [], secrets: [] };
  for (const kind of ORDER) {
    const fields = documents[kind];
    if (fields)
      handle(fields, { kind, row: "", path: kind, indices: [] }, draft);
  }
  return draft;
}

function handle(value: unknown, place: Place, draft: Draft): void {
  const rows = HANDLING[place.kind];
  const row = Object.hasOwn(rows, place.row) ? rows[place.row] : undefined;
  switch (row?.how) {
    case "refused":
      throw notSupported(place.path, row.todo);
    case "meaningless":
      draft.meaningless.push(`${place.path} (${row.what})`);
      return;
    case "switch":
      if (Object.hasOwn(row.sets, value as string)) {
        const places = Object.entries(row.sets[value as string]);
        for (const [to, given] of places) set(draft.values, to, [], given);
      } else if (row.others.includes(value as string)) {
        draft.meaningless.push(
          `${place.path} "${String(value)}" (${row.what})`,
        );
      } else
        throw notAllowed(place.path, String(value), [
          ...Object.keys(row.sets),
          ...row.others,
        ]);
      return;
    case "secret":
      if (value !== "") draft.secrets.push(place.path);
      return;
    case "used":
      if (isZero(value)) return;
      if (row.but) draft.meaningless.push(`${place.path} (${row.but})`);
      set(
        draft.values,
        row.to,
        place.indices,
        row.convert ? row.convert(value, place.path) : value,
      );
      return;
    case "present":
      set(
        draft.values,
        row.to,
        place.indices,
        Array.isArray(value) ? value.map(() => ({})) : {},
      );
  }
  for (const [child, childPlace] of children(value, place))
    handle(child, childPlace, draft);
}

function children(value: unknown, place: Place): [unknown, Place][] {
  if (Array.isArray(value)) {
    return value.map((item, index) => [
      item,
      {
        ...place,
        row: `${place.row}[]`,
        path: `${place.path}[${index}]`,
        indices: [...place.indices, index],
      },
    ]);
  }
  // A test ensures that the table has a row for every leaf, so a scalar never gets here.
  if (!isObject(value))
    throw new Error(`${place.path} has no row in the table of fields.`);
  return Object.entries(value).map(([name, child]) => [
    child,
    {
      ...place,
      row: place.row === "" ? name : `${place.row}.${name}`,
      path: `${place.path}.${name}`,
    },
  ]);
}

/**
 * Go cannot tell an empty string, zero or an empty list from an absent field, so kubeadm uses the default for these.
 */
function isZero(value: unknown): boolean {
  return (
    value === "" || value === 0 || (Array.isArray(value) && value.length === 0)
  );
}

function set(
  values: Record<string, unknown>,
  to: string,
  indices: readonly number[],
  value: unknown,
): void {
  const [...nth] = indices;
  const steps = to
    .split(".")
    .flatMap((step) =>
      step.endsWith("[]") ? [step.slice(0, -2), String(nth.shift())] : [step],
    );
  const last = steps.pop() as string;
  let at = values;
  for (const step of steps) at = (at[step] ??= {}) as Record<string, unknown>;
  at[last] = value;
}
