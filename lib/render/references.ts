import type { Keys, Place } from "../request/artefact";
import type { Reference } from "./specs";

const REFERENCES = new WeakSet<object>();

/**
 * Marks a value as a reference. A value that a user wrote may look the same, but it was never passed to this function,
 * so it stays data.
 */
export function reference(value: Reference): Reference {
  REFERENCES.add(value);
  return value;
}

/** The places of the references in a spec. The agent resolves references only there, and treats everything else as data. */
export const placesOf = (documents: readonly unknown[]): Place[] =>
  documents.flatMap((value, document) =>
    keysOfReferences(value).map((keys) => ({ document, keys })),
  );

function keysOfReferences(value: unknown): Keys[] {
  if (!isPlain(value)) return [];
  const below = Object.entries(value).flatMap(([key, each]) =>
    keysOfReferences(each).map((keys) => [
      Array.isArray(value) ? Number(key) : key,
      ...keys,
    ]),
  );
  return REFERENCES.has(value) ? [[], ...below] : below;
}

/** Whether a value is a plain list or mapping. A token is neither, and walking through one would never end. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return (
    Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
  );
}

/** The store's files that references name, except the certificate and key that are made with the artefact itself. */
export const referredFiles = (
  documents: readonly unknown[],
  places: readonly Place[],
): string[] =>
  places.flatMap(({ document, keys }) => {
    const name = fileNamedAt(documents[document], keys);
    return name === undefined || name === "certificate" || name === "key"
      ? []
      : [name];
  });

/** The file that the reference at a place names by `$base64`. */
export function fileNamedAt(document: unknown, keys: Keys): string | undefined {
  const value = valueAt(document, keys) as { $base64?: string } | undefined;
  return value?.$base64;
}

/** The value at a path of keys; `undefined` if there is none. */
export const valueAt = (document: unknown, keys: Keys): unknown =>
  keys.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<string | number, unknown>>)[key]
        : undefined,
    document,
  );
